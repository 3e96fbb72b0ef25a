"""minilora grade"""

import sys

from minilora.course import grade_report, grading

LONGEST = 40  # characters of a name
CUT_OFF = ("network", "files", "processes")


def grade(args):
    scheme = grading.read_scheme(args.weights) if args.weights else None
    result = grading.grade(args.submissions, args.folder, scheme, args.seconds, args.jobs, args.seed)
    path = grade_report.write(result, args.folder)
    width = min(LONGEST, max(len(student["student"]) for student in result["students"]))
    for student in result["students"]:
        kinds = [record["kind"] for record in student["exercises"].values()]
        counts = ", ".join(f"{kinds.count(kind)} {said}" for kind, said in grade_report.SAID.items() if kind in kinds)
        print(f"{student['student'][:LONGEST]:<{width}}  {student['points']:>6g} of {student['of']:g}   {counts}")
    open_doors = [name for name in CUT_OFF if name not in result["isolated"]]
    if open_doors and any(record["reached"] for student in result["students"] for record in student["exercises"].values()):
        print(f"minilora: note: answers were not cut off from {', '.join(open_doors)} here; see README", file=sys.stderr)
    if result["left_out"]:
        print(f"minilora: note: no folders, so not graded: {', '.join(result['left_out'])}", file=sys.stderr)
    print(f"{path}; a page a student in {path.parent}/students")
