"""How well the checker names the planted mistakes, cause by cause.

    python tests/mutants/scores.py [FILE ...]        all mutants, or those of these TOML files: blind, ops, layers, public
"""

import sys
from collections import defaultdict
from dataclasses import dataclass

from planting import load
from subjects import examine
from tqdm import tqdm

from minilora.gradcheck import Report


@dataclass(frozen=True)
class Score:
    """What the checker said of one mutant, and the place (1, 2, ...) of its cause among the findings; 0 if it is not there."""

    report: Report
    place: int

    @property
    def detected(self):
        return not self.report.ok


def score(mutant, rng=0):
    report = examine(mutant, rng)
    causes = [str(finding.cause) for finding in report.findings if finding.fails or mutant.cause == "kink"]
    return Score(report, causes.index(mutant.cause) + 1 if mutant.cause in causes else 0)


def table(mutants, scores):
    """Lines of text: for each cause, how many mutants, how many are detected, named first, named first or second."""
    by_cause = defaultdict(list)
    for name, found in scores.items():
        by_cause[mutants[name].cause].append(found)
    lines = [f"{'cause':<26}{'mutants':>8}{'detected':>10}{'first':>8}{'first or second':>17}"]
    for cause, found in [*sorted(by_cause.items()), ("all", list(scores.values()))]:
        first, second = (sum(1 <= s.place <= places for s in found) for places in (1, 2))
        lines.append(f"{cause:<26}{len(found):>8}{sum(s.detected for s in found):>10}{first:>8}{second:>17}")
    return "\n".join(lines)


def main(files):
    mutants = {name: mutant for name, mutant in load().items() if not files or mutant.file in files}
    scores = {name: score(mutant) for name, mutant in tqdm(mutants.items(), leave=False)}
    print(table(mutants, scores))
    for name, found in scores.items():
        if found.place != 1:
            said = ", ".join(f"{f.cause} ({f.input})" for f in found.report.findings[:2]) or "nothing"
            print(f"{name}: {mutants[name].cause} expected at {mutants[name].input}, found {said}")


if __name__ == "__main__":
    main(sys.argv[1:])
