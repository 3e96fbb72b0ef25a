"""What an analysis is."""

from collections.abc import Callable
from dataclasses import dataclass


def nothing(seeds, setting):
    """An analysis that reads no training run but the base."""
    return []


@dataclass(frozen=True)
class Analysis:
    """A question to the base model and to runs that adapt it.

    name: what its results are filed under, and the command's word for it. title: one line. needs(seeds, setting) -> the Tunings
    that it reads. measure(ground) -> plain data. finding(data) -> what the data show, one sentence. table(data) -> rows of text
    or numbers, the first row naming the columns.
    """

    name: str
    title: str
    measure: Callable
    finding: Callable
    table: Callable
    needs: Callable = nothing


def mean(numbers):
    """The mean of a sequence of numbers."""
    numbers = list(numbers)
    return sum(numbers) / len(numbers)


def spread(numbers):
    """A mean with its range, as text: one number where there is but one."""
    low, high = min(numbers), max(numbers)
    return f"{mean(numbers):.4f}" + (f"  ({low:.4f} to {high:.4f})" if low < high else "")
