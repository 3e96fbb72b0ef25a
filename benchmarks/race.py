"""Contestants that take turns: each is a process of its own, and whoever is not on is stopped (SIGSTOP), its threads too."""

import json
import os
import signal
import subprocess
import sys


def race(script, names, turns):
    """({name: [answer of each turn]}, {name: first answer}), where each contestant is `script --contest NAME`.

    A contestant prints a line of JSON when it is ready, and one more for each line that it reads.
    """
    command, pipes = [sys.executable, script, "--contest"], {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    processes = {name: subprocess.Popen([*command, name], text=True, **pipes) for name in names}
    try:
        about = {name: json.loads(process.stdout.readline()) for name, process in processes.items()}
        for process in processes.values():
            os.kill(process.pid, signal.SIGSTOP)
        times = {name: [] for name in names}
        for turn in range(turns):
            for name, process in processes.items():
                os.kill(process.pid, signal.SIGCONT)
                print("go", file=process.stdin, flush=True)
                times[name].append(json.loads(process.stdout.readline()))
                os.kill(process.pid, signal.SIGSTOP)
            print(f"\rturn {turn + 1} of {turns}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        return times, about
    finally:
        for process in processes.values():
            process.kill()
