"""A student's file in a process of its own: isolated, with limits and a time limit, and arrays as the only answer.

The verdict is computed on this side of the channel, by comparing arrays with the library's, so nothing that the file does to its
own process can turn a wrong array into a right one. What the process is kept from, as far as the system allows, is told in
`minilora.course.isolation`; `isolated` names what holds. A copy of the file runs, in a folder of its own.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import minilora
from minilora.course import messages

SCRIPT = Path(__file__).with_name("student.py")
SHOWN = 2000  # characters of what the student's code printed
MOST_RESULTS = 100
NO_ANSWER = "the process of your file sent what is no answer: does it write to the judge's channel?"


class StudentProblem(Exception):
    """What the student is told when there are no arrays to judge.

    kind: "unsolved" if it is only not written yet, "borrowed" if it calls the library's solution, "failed" otherwise.
    """

    def __init__(self, text, kind="failed"):
        super().__init__(text)
        self.kind = kind


class StudentProcess:
    """with StudentProcess(file, ["linear_forward", "linear_backward"], seconds) as student: student.run(inputs, constants, dy)

    Entering starts it and loads the file: StudentProblem if that fails. `seconds` is the time for everything together. library:
    the module whose functions of these names the file may not call; "" for none. Afterwards `printed` holds the beginning of
    what the file printed, and `isolated` what of "network", "files" and "processes" it was kept from.
    """

    def __init__(self, file, names, seconds, library=""):
        self.file, self.names, self.seconds, self.library = Path(file), names, seconds, library
        self.printed, self.isolated, self._timed_out = "", (), False

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._output = open(Path(self._folder.name) / "printed", "w+b")
        home, answer = (Path(self._folder.name) / name for name in ("home", f"answer/{self.file.name}"))
        home.mkdir()
        answer.parent.mkdir()
        answer.write_bytes(self.file.read_bytes())
        arguments = [Path(minilora.__file__).parents[1], home, answer, max(1, round(self.seconds)), self.library, *self.names]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-B", "-u", SCRIPT, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._output,
            cwd=home,
            env=_environment(home),
            start_new_session=True,  # a process group of its own, so that its children end with it
        )
        self._timer = threading.Timer(self.seconds, self._time_out)
        self._timer.start()
        try:
            first, _ = self._exchange(due="isolated")
            self.isolated = tuple(first["holds"])
            self._exchange(due="ready")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        self._timer.cancel()
        self._kill()
        self._process.wait()
        self._output.seek(0)
        text = self._output.read(4 * SHOWN).decode(errors="replace")
        text = text.replace(f"{self._folder.name}/answer/", "")  # a warning names the copy that ran
        self.printed = text if len(text) <= SHOWN else text[:SHOWN] + " ... (and more)"
        for stream in (self._process.stdin, self._process.stdout, self._output):
            with contextlib.suppress(OSError):
                stream.close()
        self._folder.cleanup()

    def run(self, inputs, constants, dy=None):
        """(y, gradients): what the student's forward returns and, if a dy is given, backward. StudentProblem if nothing comes."""
        arrays = {name: a for name, a in inputs.items() if a is not None}
        document, found = self._exchange({"constants": dict(constants)}, arrays if dy is None else {**arrays, "dy": dy})
        keys = document.get("gradients", [])
        if "y" not in found or not isinstance(keys, list) or not all(isinstance(key, str) for key in keys[:MOST_RESULTS]):
            raise StudentProblem(NO_ANSWER)
        keys = keys[:MOST_RESULTS]
        values = [found.get(f"gradient {key}") for key in keys]
        return found["y"], dict(zip(keys, values, strict=True)) if document.get("named") else tuple(values)

    def call(self, arrays, constants):
        """What the student's one function returns: an array, or a tuple of them, None where it is None."""
        document, found = self._exchange({"constants": constants}, arrays)
        count = document.get("results")
        if not isinstance(count, int) or not 0 < count < MOST_RESULTS:
            raise StudentProblem(NO_ANSWER)
        values = tuple(found.get(f"result {n}") for n in range(count))
        return values if document.get("tuple") else values[0]

    def _exchange(self, request=None, arrays=None, due="done"):
        try:
            if request is not None:
                messages.send(self._process.stdin, request, arrays)
            document, found = messages.receive(self._process.stdout)
        except ValueError:
            raise StudentProblem(NO_ANSWER) from None
        except (EOFError, OSError):
            raise StudentProblem(self._silence()) from None
        if document.get("status") != due:
            raise _problem(document)
        return document, found

    def _silence(self):
        """Why no answer came."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        if self._timed_out:
            return f"no answer within {self.seconds:g} seconds: is there a loop without an end?"
        code = self._process.returncode
        return f"the process of your file ended without an answer (exit code {code}): does it exit, or take too much memory?"

    def _time_out(self):
        self._timed_out = True
        self._kill()

    def _kill(self):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL) if hasattr(os, "killpg") else self._process.kill()


def _environment(home):
    """Nothing of the caller's environment but what a system needs to start Python."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    return {**kept, **threads, "HOME": str(home), "TMPDIR": str(home), "MINILORA_BACKEND": "numpy"}


def _problem(document):
    """The student's process's own complaint, as a sentence with the line."""
    told = {key: str(document.get(key) or "")[:500] for key in ("status", "where", "kind", "text", "line", "code")}
    if told["status"] not in ("unsolved", "failed"):
        return StudentProblem(NO_ANSWER)
    where = told["where"] or "the file"
    if told["status"] == "unsolved":
        return StudentProblem(f"not solved yet: {where}", "unsolved")
    place = f" (line {told['line']}: {told['code']})" if told["line"] else ""
    if told["kind"] == "LibraryAnswer":
        return StudentProblem(f"{where} calls the library's own solution{place}: write it yourself", "borrowed")
    return StudentProblem(f"{where} stopped with {told['kind']}: {told['text']}{place}")
