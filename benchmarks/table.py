"""All figures in one table: each benchmark is run, its ratios printed beside what they shall reach, and kept as data.

    python benchmarks/table.py                  example: python benchmarks/table.py --turns 3 --folder /tmp/results
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = ("train_step", "lora_step", "real_step", "generation", "gradcheck")
KEPT = HERE / "results"


def machine():
    """What the figures were measured on, in words."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((text.partition(":")[2].strip() for text in lines if text.startswith("model name")), platform.processor())
    wide = "AVX-512" if any("avx512f" in text for text in lines) else "AVX2" if any("avx2" in text for text in lines) else ""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return {
        "processor": f"{model} {wide}".strip(),
        "cores": os.cpu_count(),
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load before": round(os.getloadavg()[0], 2),
    }


def table(records, described):
    """The figures as Markdown."""
    rows = ["| figure | peer | minilora | peer's | ratio | turn by turn | to reach |", f"|{' --- |' * 2}{' --: |' * 5}"]
    for record in records:
        for row in record["figures"]:
            mine, theirs = (_readable(row["of"], row[key]) for key in ("mine_median", "peer_median"))
            bound = "reported" if row["bound"] is None else f"<= {row['bound']:.1f}"
            spread = f"{row['least']:.2f} to {row['most']:.2f}"
            rows.append(f"| {row['name']} | {row['peer']} | {mine} | {theirs} | **{row['ratio']:.2f}** | {spread} | {bound} |")
    about = {text: None for record in records for given in record["about"].values() for text in [given["what"]]}
    words = ", ".join(f"{key} {text}" for key, text in described.items())
    return "\n".join(rows) + f"\n\nMachine: {words}.\n\n" + "\n".join(f"- {text}" for text in about) + "\n"


def _readable(of, x):
    return f"{x:,.0f} MB" if of == "peak_mb" else f"{1000 * x:,.1f} ms"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, help="turns of each contestant (default: what each benchmark takes)")
    parser.add_argument("--folder", default=KEPT, type=Path, help="where the data go (default: benchmarks/results)")
    parser.add_argument("--only", nargs="+", choices=SCRIPTS, default=SCRIPTS, metavar="NAME", help=", ".join(SCRIPTS))
    args = parser.parse_args()
    described, records = machine(), []
    args.folder.mkdir(parents=True, exist_ok=True)
    for name in args.only:
        kept = args.folder / f"{name}.json"
        turns = ["--turns", str(args.turns)] if args.turns else []
        subprocess.run([sys.executable, HERE / f"{name}.py", "--json", kept, *turns], check=True)
        records.append(json.loads(kept.read_text("utf-8")))
    text = table(records, described)
    (args.folder / "table.md").write_text(text, "utf-8")
    (args.folder / "machine.json").write_text(json.dumps(described, indent=1) + "\n", "utf-8")
    print(text)


if __name__ == "__main__":
    main()
