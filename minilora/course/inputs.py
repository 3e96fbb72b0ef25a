"""What the exercises that ask for a plain function are tried on. (A registered op brings its own inputs.)"""

from dataclasses import dataclass
from types import FunctionType

INPUTS = {}


@dataclass(frozen=True)
class Inputs:
    """The sets of arguments of one function, and what of its results is compared."""

    sets: FunctionType  # sets(rng) -> [(label, {argument: array, number, string or None})]
    results: FunctionType | None  # results(returned) -> {name: array}, all of it unique; None: what is returned is


def inputs(target, results=None):
    """Decorator: the function below gives the sets of arguments for minilora.`target`."""

    def keep(sets):
        INPUTS[target] = Inputs(sets, results)
        return sets

    return keep


@inputs("lowrank.subspaces.subspace_similarity")
def subspace_similarity_inputs(rng):
    A1, A2 = rng.standard_normal((4, 9)), rng.standard_normal((5, 9))
    inside = rng.standard_normal((4, 4)) @ A1
    return [
        ("two random factors", {"A1": A1, "A2": A2, "i": 2, "j": 4}),
        ("one subspace within the other", {"A1": A1, "A2": inside, "i": 3, "j": 4}),
    ]
