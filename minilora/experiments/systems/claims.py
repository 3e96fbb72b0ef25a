"""What the articles claim, and what the measurements say to it.

The claims stand in claims.toml with the test and the threshold of each, so that none is left out and none is fitted afterwards.
A test compares two numbers for each seed: `left RELATION factor * right + margin`, where left and right name a measure
("contestant.measure" or "study.case.measure"), and right may be a number.
"""

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

    results: what `compare` returned. A claim holds if every test passes with every seed, holds in part if some do.
    """
    return [judge_one(claim, results) for claim in claims]


def judge_one(claim, results):
    """One claim with its verdict."""
    tests = []
    for test in claim["test"]:
        left, right = values(test["left"], results), values(test["right"], results)
        runs = max(len(left), len(right))
        left, right = (side * runs if len(side) == 1 else side for side in (left, right))
        bounds = [test["factor"] * value + test["margin"] for value in right]
        passed = sum(RELATIONS[test["relation"]](value, bound) for value, bound in zip(left, bounds, strict=True))
        tests.append({**test, "passed": passed, "runs": runs, "left_mean": _mean(left), "bound_mean": _mean(bounds)})
    passed, runs = (sum(test[key] for test in tests) for key in ("passed", "runs"))
    verdict = VERDICTS[0] if passed == runs else VERDICTS[1] if passed else VERDICTS[2]
    return {**claim, "test": tests, "verdict": verdict}


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
