"""minilora topics"""

import time
from dataclasses import replace
from pathlib import Path
from statistics import mean

from minilora.experiments.encoder_topics import FULL, QUICK, compare
from minilora.experiments.systems.tables import aligned, spread


def topics(args):
    start = time.perf_counter()
    setting = QUICK if args.quick else FULL
    if args.seeds is not None:
        setting = replace(setting, seeds=args.seeds)
    folder = Path(args.folder + ("-quick" if args.quick else ""))
    result = compare(args.model, folder, args.method, setting, args.jobs, args.parallel)
    print(f"\n{table(result)}\n")
    for name, runs in result["contest"].items():
        print(f"{name}: of the pieces of a package (row), how many in a hundred were called what\n{confusions(result, runs)}\n")
    if args.quick:
        print("--quick is a rehearsal: too few steps for a verdict to mean anything")
    print(f"As data: {folder / 'result.json'}\n{time.perf_counter() - start:.0f} seconds in all")


def table(result):
    """A line for each that takes part: accuracy and loss on the held-out pieces, rate, how many values learn.

    A method begins with the head of the same seed, so what it is above the head is a difference within each seed.
    """
    rows = [["", "accuracy, %", "above the head", "loss, nats", "rate", "values trained", "ms a step"]]
    rows += [[name, f"{100 * result['counted'][name]:.1f}", *[""] * 5] for name in ("majority", "naive Bayes")]
    for name, runs in result["contest"].items():
        accuracy, loss = points([run["accuracy"] for run in runs]), spread([run["loss"] for run in runs])
        gain = points([run["accuracy"] - head["accuracy"] for run, head in zip(runs, result["contest"]["head"], strict=True)])
        step = f"{1000 * mean(run['seconds_per_step'] for run in runs):.0f}"
        apart = ["", ""] if name == "head" else [gain, step]
        rate, values = f"{result['rates'][name]['rate']:g}", f"{runs[0]['trained_values']:,}"
        rows.append([name, accuracy, apart[0], loss, rate, values, apart[1]])
    return aligned(rows)


def points(shares):
    """The mean of shares in hundredths, and half their range."""
    text = f"{100 * mean(shares):.1f}"
    return text if len(shares) == 1 else f"{text} +-{50 * (max(shares) - min(shares)):.1f}"


def confusions(result, runs):
    """The confusion table, the mean over the seeds."""
    rows = [["", *result["classes"]]]
    for i, name in enumerate(result["classes"]):
        shares = [[100 * n / sum(run["confusion"][i]) for n in run["confusion"][i]] for run in runs]
        rows.append([name, *(f"{mean(column):.0f}" for column in zip(*shares, strict=True))])
    return aligned(rows)
