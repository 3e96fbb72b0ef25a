"""minilora lowrank"""

import textwrap
import time
from pathlib import Path

from minilora import files, plots
from minilora.experiments.lowrank.analyse import FULL, QUICK, analyse, table_text
from minilora.experiments.lowrank.report import report_html
from minilora.plots.lowrank import PICTURES


def lowrank(args):
    start = time.perf_counter()
    folder = Path(args.folder + ("-quick" if args.quick else ""))
    results = analyse(folder, args.names, QUICK if args.quick else FULL, args.seed, args.jobs, args.parallel)
    figures = {name: PICTURES[name](result["data"]) for name, result in results.items()}
    for name, result in results.items():
        files.save_json(folder / f"{name}.json", result)
        plots.save(figures[name], folder / f"{name}.png")
        print(f"\n{name}: {result['title']}\n{table_text(name, result['data'])}\n{textwrap.fill(result['finding'], 110)}")
    files.save_text(folder / "report.html", report_html(results, figures))
    if args.quick:
        print("\n--quick is a rehearsal: too few steps for a finding to mean much")
    print(f"\nReport: {folder / 'report.html'}  (beside it each analysis as NAME.json and NAME.png)")
    print(f"{time.perf_counter() - start:.0f} seconds in all")
