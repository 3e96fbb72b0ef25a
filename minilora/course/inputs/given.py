"""How inputs are given: a function under a decorator that names what it is for."""

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


def products(returned):
    """What is unique of two factors: their product, and their sizes if they are balanced."""
    A, B = returned
    return {"B A": B @ A, "A A^T": A @ A.T, "B^T B": B.T @ B}
