"""Contestants that take turns, and the ratios between them.

A contestant is a process of its own; whoever is not on is stopped (SIGSTOP), its threads too, so that no idle thread spins beside
another. Each library chooses its own kernels for the processor, and has the same number of threads. What is reported are medians,
and the ratio turn by turn, for machines are shared and noisy.
"""

import argparse
import json
import math
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

THREADS = 2


@dataclass(frozen=True)
class Figure:
    """A ratio: what `mine` took over what `peer` took. bound: what it shall not exceed, or None. of: a key of the answers."""

    name: str
    mine: str
    peer: str
    bound: float | None = None
    of: str = "seconds"


def main(script, doc, contestants, figures, turns):
    """The command line of a benchmark. contestants: {name: function -> (turn, {"what": description, ...})}; turn() -> an answer.

    An answer is {"seconds": [...], ...}; each of its values is a number or a list of them.
    """
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=turns, help=f"turns of each contestant (default: {turns})")
    parser.add_argument("--json", metavar="FILE", help="also write all that was measured")
    parser.add_argument("--contest", choices=contestants, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.contest:
        return _contest(contestants[args.contest])
    answers, about = race(script, contestants, args.turns)
    _refuse_different(about)
    for name, given in answers.items():
        middle = {key: median(value(a, key) for a in given) for key in given[0]}
        print(f"{name:<16}{'  '.join(_readable(key, x) for key, x in middle.items())}  {_described(about[name])}")
    rows = [ratio(figure, answers) for figure in figures]
    for row in rows:
        print(line(row))
    if args.json:
        record = {"figures": rows, "about": about, "answers": answers}
        Path(args.json).write_text(json.dumps(record, indent=1) + "\n", "utf-8")


def race(script, names, turns):
    """({name: [answer of each turn]}, {name: what it says of itself})."""
    command, pipes = [sys.executable, script, "--contest"], {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    environment = {key: text for key, text in os.environ.items() if not key.startswith(("OPENBLAS_", "MKL_", "OMP_"))}
    processes = {}
    try:
        about = {}
        for name in names:  # one after the other: loading is no part of the race
            processes[name] = subprocess.Popen([*command, name], text=True, env=environment, **pipes)
            about[name] = _next(name, processes[name])
            os.kill(processes[name].pid, signal.SIGSTOP)
        answers = {name: [] for name in names}
        for turn in range(turns):
            for name, process in processes.items():
                os.kill(process.pid, signal.SIGCONT)
                print("go", file=process.stdin, flush=True)
                answers[name].append(_next(name, process))
                os.kill(process.pid, signal.SIGSTOP)
            print(f"\r{Path(script).stem}: turn {turn + 1} of {turns}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        return answers, about
    finally:
        for process in processes.values():
            process.kill()


def _refuse_different(about):
    """Stop where the contestants do not compute the same: a ratio would mean nothing."""
    for key in ("loss", "says"):
        found = {name: given[key] for name, given in about.items() if key in given}
        if len({json.dumps(x) for x in found.values()}) > 1:
            sys.exit(f"benchmark: the contestants differ in {key}: {', '.join(f'{name} {x}' for name, x in found.items())}")


def ratio(figure, answers):
    """A figure with its numbers, as plain data; NaN where the system does not tell."""
    mine, theirs = ([value(a, figure.of) for a in answers[name]] for name in (figure.mine, figure.peer))
    ratios = [a / b if b else math.nan for a, b in zip(mine, theirs, strict=True)]
    found = {"mine_median": median(mine), "peer_median": median(theirs), "ratio": median(ratios)}
    return vars(figure) | found | {"least": min(ratios), "most": max(ratios), "turns": len(ratios)}


def line(row):
    """A figure in one line."""
    bound = "" if row["bound"] is None else f", to reach: {row['bound']:.1f}"
    return f"{row['name']}: {row['mine']} / {row['peer']} = {row['ratio']:.2f} ({row['least']:.2f} to {row['most']:.2f}{bound})"


def value(answer, key):
    """One number of an answer: the median where it has several."""
    return median(answer[key]) if isinstance(answer[key], list) else answer[key]


def timed(step, steps):
    """A turn: one step to warm up, then the seconds of each."""

    def turn():
        step()
        seconds = []
        for _ in range(steps):
            start = time.perf_counter()
            step()
            seconds.append(time.perf_counter() - start)
        return {"seconds": seconds}

    return turn


def with_peak(turn):
    """The same turn, with the greatest resident memory of the process during it, in MB; 0 where the system is not Linux."""

    def measured():
        try:
            Path("/proc/self/clear_refs").write_text("5", "ascii")  # the peak begins anew
        except OSError:
            return turn() | {"peak_mb": 0.0}
        answer = turn()
        status = Path("/proc/self/status").read_text("ascii")
        return answer | {"peak_mb": int(status.split("VmHWM:")[1].split()[0]) / 1e3}

    return measured


def numpy_ready():
    """The threads of all contestants, and malloc's thresholds as minilora's commands set them; returns what computes."""
    import numpy as np
    from threadpoolctl import threadpool_info, threadpool_limits

    from minilora import backend

    backend.tune_memory()
    threadpool_limits(THREADS)
    kernels = {f"{pool['internal_api']} {pool.get('architecture')}" for pool in threadpool_info()}
    return f"NumPy {np.__version__}, {', '.join(sorted(kernels))}, {THREADS} threads"


def torch_ready():
    """The same for PyTorch."""
    import torch

    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    return f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads"


def _contest(make):
    """A contestant's process: for each line on stdin, a turn."""
    turn, about = make()
    print(json.dumps(about), flush=True)
    for _ in sys.stdin:
        print(json.dumps(turn()), flush=True)


def _next(name, process):
    answer = process.stdout.readline()
    if not answer:
        sys.exit(f"benchmark: the contestant {name!r} ended without an answer; its own message stands above")
    return json.loads(answer)


def _readable(key, x):
    return f"{1000 * x:8.1f} ms" if key == "seconds" else f"{x:8.0f} {key}"


def _described(about):
    return ", ".join(str(text) if key == "what" else f"{key} {text}" for key, text in about.items())
