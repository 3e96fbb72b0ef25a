"""minilora exercise, minilora explain"""

import shlex

from minilora.course import coverage, exercises
from minilora.course import explain as formula


def exercise(args):
    if args.action == "list":
        for number, title, status in exercises.listing(args.folder):
            print(f"{number:<5}{title:<60}{status}")
        return 0
    if args.number is None:
        raise ValueError(f"exercise {args.action} needs a number, such as 02; see minilora exercise list")
    if args.action == "start":
        path = exercises.start(args.number, args.folder, force=args.force)
        print(f"{path} is yours to edit; then: minilora exercise check {args.number}{_folder(args)}")
        return 0
    if args.action == "check":
        result = exercises.check_exercise(args.number, args.folder)
        print(result.report)
        if not result.ok:
            print(f"next: minilora exercise hint {args.number}{_folder(args)}")
        return 0 if result.ok else 1
    print(exercises.hint(args.number, folder=args.folder) if args.action == "hint" else exercises.solution(args.number))
    return 0


def _folder(args):
    """The option that a command needs in order to find the same folder."""
    return "" if args.folder == exercises.FOLDER else f" --folder {shlex.quote(args.folder)}"


def explain(args):
    if args.tag:
        print(formula.explain(args.tag))
        return 0
    rows = [("formula", "lesson", "exercise", "check"), *coverage.table()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0
