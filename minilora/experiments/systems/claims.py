"""What the articles claim, and what the measurements say to it.

The claims stand in claims.toml with the test and the threshold of each, so that none is left out and none is fitted afterwards.
A test compares two numbers for each seed: `left RELATION factor * right + margin`, where left and right name a measure
("contestant.measure" or "study.case.measure"), and right may be a number.
"""

import math
import operator
import tomllib
from pathlib import Path

FILE = Path(__file__).with_name("claims.toml")
RELATIONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq}
VERDICTS = ("holds", "holds in part", "does not hold")


def load_claims(path=FILE):
    """[{"id", "article", "claim", "test": [{"left", "relation", "right", "factor", "margin", "why"}]}]."""
    claims = tomllib.loads(Path(path).read_text("utf-8"))["claim"]
    for claim in claims:
        for test in claim["test"]:
            test.setdefault("factor", 1.0)
            test.setdefault("margin", 0.0)
            if test["relation"] not in RELATIONS:
                wanted = f"relation must be one of {', '.join(RELATIONS)}, got {test['relation']!r}"
                raise ValueError(f"{path}: {claim['id']}: {wanted}")
    return claims


def judge(claims, results):
    """The claims, each with its "verdict" and, test by test, "passed" of "runs" and the means of left and right.

    results: what `compare` returned. A claim holds if every test passes with every seed; in part if a test passes on the
    means over the seeds. A seed that was not measured, as its training broke down, passes no test.
    """
    return [judge_one(claim, results) for claim in claims]


def judge_one(claim, results):
    """One claim with its verdict."""
    tests = [_test(test, results) for test in claim["test"]]
    holds = all(test["passed"] == test["runs"] for test in tests)
    in_part = any(test["on_the_mean"] for test in tests)
    return {**claim, "test": tests, "verdict": VERDICTS[0] if holds else VERDICTS[1] if in_part else VERDICTS[2]}


def _test(test, results):
    left, right = values(test["left"], results), values(test["right"], results)
    runs = max(len(left), len(right))
    left, right = (side * runs if len(side) == 1 else side for side in (left, right))
    measured = [pair for pair in zip(left, right, strict=True) if None not in pair]
    pairs = [(x, test["factor"] * y + test["margin"]) for x, y in measured]
    relation = RELATIONS[test["relation"]]
    means = [_mean(side) for side in zip(*pairs, strict=True)] or [math.nan, math.nan]
    passed = sum(relation(*pair) for pair in pairs)
    result = {"passed": passed, "runs": runs, "on_the_mean": relation(*means), "left_mean": means[0], "bound_mean": means[1]}
    return {**test, **result}


def values(name, results):
    """The measure that a test names, one number for each seed. ValueError for a name that there is not."""
    if isinstance(name, (int, float)):
        return [float(name)]
    source, _, measure = name.rpartition(".")
    rows = results["contest"].get(source) or results["studies"].get(source)
    if not rows or measure not in rows[0]:
        raise ValueError(f"a claim asks for {name!r}, which was not measured")
    return [row[measure] for row in rows]


def _mean(numbers):
    return sum(numbers) / len(numbers)
