"""minilora systems"""

import time
from dataclasses import replace
from inspect import getdoc
from pathlib import Path

from minilora import files
from minilora.experiments.systems.arena import FULL, QUICK
from minilora.experiments.systems.claims import judge, load_claims
from minilora.experiments.systems.compare import compare
from minilora.experiments.systems.contestants import CONTESTANTS, MODULES, STUDIES
from minilora.experiments.systems.report import write
from minilora.experiments.systems.tables import contest_table, markdown, study_tables, verdict_lines


def systems(args):
    if args.which == "show":
        kept = files.load_json(Path(args.folder) / "result.json")
        print(markdown(kept, judge(load_claims(), kept)))
        return
    start = time.perf_counter()
    setting = QUICK if args.quick else FULL
    if args.seeds is not None:
        setting = replace(setting, seeds=args.seeds)
    letter = None if args.which == "compare" else args.which
    folder = Path(args.folder + ("-quick" if args.quick else ""))
    if letter:
        print("\n\n".join(getdoc(module) for module in MODULES if _about(module, letter)) + "\n")
    names = None if letter is None else _names(letter)
    results = compare(folder, setting, args.quick, args.jobs, args.parallel, names=names)
    claims = [claim for claim in load_claims() if letter in (None, claim["article"])]
    judged = judge(claims, results)
    print(f"\n{contest_table(results)}\n")
    for title, text in study_tables(results).values():
        print(f"{title}\n{text}\n")
    print("\n".join(verdict_lines(judged)))
    page = write(folder / f"article-{letter}" if letter else folder, results, judged)
    if args.quick:
        print("\n--quick is a rehearsal: too few steps for a verdict to mean anything")
    print(f"\nReport: {page}  (as data: result.json and contest.csv beside it)")
    print(f"{time.perf_counter() - start:.0f} seconds in all")


def _about(module, letter):
    return any(thing.article == letter for thing in (*module.CONTESTANTS, *module.STUDIES))


def _names(letter):
    """What an article's claims need: its own, what all are compared with, and what else a claim of it names."""
    own = {name for name, c in CONTESTANTS.items() if c.article in ("", letter)}
    own |= {study.name for study in STUDIES if study.article == letter}
    tests = [test for claim in load_claims() if claim["article"] == letter for test in claim["test"]]
    named = {str(test[side]).split(".")[0] for test in tests for side in ("left", "right")}
    return own | (named & {*CONTESTANTS, *(s.name for s in STUDIES)})
