"""What a check can find: the cause, where it was seen, and a sentence about it."""

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why a check failed, or what it left out. A value is its own name in lower case: `Cause.WRONG == "wrong"`."""

    WRONG = "wrong"  # analytic and numeric disagree
    WRONG_COUNT = "wrong_count"  # backward returned more or fewer gradients than there are floating inputs
    MISSING_GRADIENT = "missing_gradient"  # None where an array is due
    WRONG_SHAPE = "wrong_shape"
    WRONG_DTYPE = "wrong_dtype"
    NOT_FINITE = "not_finite"
    DEAD_PARAMETER = "dead_parameter"  # analytic and numeric are both zero everywhere
    MUTATES_INPUT = "mutates_input"
    NONDETERMINISTIC_FORWARD = "nondeterministic_forward"
    ROUNDING = "rounding"  # the numeric gradient itself is not certain enough to judge
    KINK = "kink"  # no derivative there; left out of the verdict


@dataclass(frozen=True)
class Finding:
    """One thing found.

    cause    a Cause.
    input    the name of the input or parameter; "y" for forward's output, "dy" for the cotangent.
    factor   the constant ratio analytic / numeric, where one was matched; else None.
    where    the index of the first or worst entry concerned; None if it is about the whole array.
    message  a sentence in plain words.
    """

    cause: Cause
    input: str
    factor: float | None
    where: tuple[int, ...] | None
    message: str

    @property
    def fails(self):
        """Whether this makes the verdict a failure: all but kinks, whose entries are left out."""
        return self.cause is not Cause.KINK


def entry_name(name, index=None):
    """How a gradient's entry is written: "dgamma[3, 1]"; "blocks.0.W.grad[3, 1]" for a dotted parameter."""
    gradient = f"{name}.grad" if "." in name else f"d{name}"
    return gradient if not index else f"{gradient}[{', '.join(map(str, index))}]"
