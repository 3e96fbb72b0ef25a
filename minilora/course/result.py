"""What a judge says of an answer."""

from dataclasses import dataclass

from minilora.course.levels import Level


@dataclass(frozen=True)
class Failure:
    """One array that is not right: its name, the formula that gives it, and a line to show."""

    name: str  # "dW", or "y"
    tag: str  # "linear:B2"
    message: str  # "linear:B2  dW[3, 1]  got 1.5, expected 2.5 (35 of 35 entries are wrong)"
    causes: tuple[str, ...] = ()  # gradcheck's, such as "wrong_shape"


@dataclass(frozen=True)
class Result:
    """The verdict. `print(result.report)` tells it; failures and levels are those of the first set of inputs that shows any."""

    exercise: str
    kind: str  # "right", "failed", "unsolved" (not written yet), "borrowed" (the library's own solution was called)
    failures: tuple[Failure, ...]
    levels: tuple[Level, ...]
    report: str
    isolated: tuple[str, ...] = ()  # what the file was kept from: "network", "files", "processes"

    @property
    def ok(self):
        """Whether everything is right."""
        return self.kind == "right"

    @property
    def unsolved(self):
        """Whether it is only not written yet."""
        return self.kind == "unsolved"

    @property
    def reached(self):
        """How many levels are reached, of how many."""
        return sum(level.reached for level in self.levels), len(self.levels)
