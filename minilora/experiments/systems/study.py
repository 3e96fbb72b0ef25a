"""A question beside the main comparison: cases that are run with several seeds and give numbers."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Study:
    """function(folder, seed, case, quick) -> {measure: number}, at the top level of its module; `cases` are the names to run.

    name: what its results are filed under, as "name.case". article: "A" to "E", or "" for all. title: one line for the report.
    seeds: False for a study in which nothing is drawn: one run says it all.
    """

    name: str
    title: str
    article: str
    function: Callable
    cases: tuple
    seeds: bool = True
