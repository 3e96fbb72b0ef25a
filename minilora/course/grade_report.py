"""What `minilora grade` writes: grades.csv, grades.json, and for each student a page and Gradescope's results.json.

    OUT/grades.csv                    a line a student: points in all and for each exercise
    OUT/grades.json                   everything
    OUT/students/NAME/feedback.html   what the student is to read
    OUT/students/NAME/results.json    the same in the form that Gradescope's autograder reads

Names of folders and what answers printed come from students: they are escaped in pages, and no cell of the table is a formula.
"""

import csv
import hashlib
import html
import io
import re
from pathlib import Path

from minilora import files
from minilora.course.catalogue import CATALOGUE
from minilora.experiments.page import page

MOST = 8  # things that an answer uses, in the table; the JSON has all
SAID = {
    "right": "right",
    "failed": "not right",
    "unsolved": "not solved",
    "borrowed": "calls the library's own solution",
    "missing": "not handed in",
    "refused": "not run",
}


def write(result, out):
    """Write all of it below `out`. Returns the path of the table."""
    out = Path(out)
    students = result["students"]
    for student, name in zip(students, folder_names([student["student"] for student in students]), strict=True):
        folder = out / "students" / name
        files.save_text(folder / "feedback.html", feedback(student))
        files.save_json(folder / "results.json", gradescope(student))
    files.save_json(out / "grades.json", result)
    files.save_text(out / "grades.csv", table(result))
    return out / "grades.csv"


def table(result):
    """The CSV: student, points, of, then points for each exercise, then what to look at."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["student", "points", "of", *result["exercises"], "note"])
    for student in result["students"]:
        points = [f"{record['points']:g}" for record in student["exercises"].values()]
        records = student["exercises"].items()
        odd = [f"{id} {SAID[r['kind']]}" for id, r in records if r["kind"] in ("borrowed", "refused")]
        odd += [f"{id} is the library's code, word for word" for id, r in records if r["copied"]]
        odd += [f"{id} uses {', '.join(r['uses'][:MOST])}" for id, r in records if r["uses"]]
        rows.writerow([_cell(student["student"]), f"{student['points']:g}", f"{student['of']:g}", *points, "; ".join(odd)])
    return text.getvalue()


def gradescope(student):
    """results.json, as Gradescope's 'Autograder Specifications' describe it: scores, and a text for each test."""
    tests = [
        {
            "name": f"{id} {CATALOGUE[id].title}",
            "score": record["points"],
            "max_score": record["of"],
            "status": "passed" if record["kind"] == "right" else "failed",
            "output": record["report"],
            "output_format": "text",
            "visibility": "visible",
        }
        for id, record in student["exercises"].items()
    ]
    return {"score": student["points"], "output": f"{student['points']:g} of {student['of']:g} points", "tests": tests}


def feedback(student):
    """The page that a student reads."""
    rows = [
        f"<tr><td>{id} {html.escape(CATALOGUE[id].title)}</td><td>{html.escape(SAID[record['kind']])}</td>"
        f"<td>{record['points']:g} of {record['of']:g}</td></tr>"
        for id, record in student["exercises"].items()
    ]
    head = "<tr><th>exercise</th><th>verdict</th><th>points</th></tr>"
    parts = [f"<p>{student['points']:g} of {student['of']:g} points</p><table>{head}{''.join(rows)}</table>"]
    for id, record in student["exercises"].items():
        if record["kind"] not in ("right", "missing"):
            parts.append(f"<h2>{id} {html.escape(CATALOGUE[id].title)}</h2><pre>{html.escape(record['report'])}</pre>")
            parts.append(f"<p class='note'>The formulas are derived in lesson {CATALOGUE[id].lesson}.</p>")
    return page(f"Feedback for {student['student']}", parts)


def folder_names(students):
    """A folder's name for each student: letters, digits, dots, dashes and underscores, never hidden; a changed one gets a mark.

    No two are alike, not even where a file system takes capital letters for small ones.
    """
    names, taken = [], set()
    for student in students:
        plain = re.sub(r"[^\w.-]", "_", student).lstrip(".")
        name = plain if plain == student else f"{plain[:50]}-{hashlib.sha256(student.encode()).hexdigest()[:6]}"
        while name.casefold() in taken:
            name += "_"
        taken.add(name.casefold())
        names.append(name)
    return names


def _cell(text):
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") else text
