"""The walls around a student's process, each tried from inside."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

import numpy as np
import pytest

from minilora.course import isolation
from minilora.course.process import StudentProblem, StudentProcess

FUNCTION = "def solve(x):\n    return x\n"


@pytest.fixture
def tried(tmp_path):
    """What a file prints that runs behind the walls; skips where `wall` cannot be had."""

    def run(text, wall):
        file = tmp_path / "answer.py"
        file.write_text(text + FUNCTION)
        student = StudentProcess(file, ["solve"], 20)
        with student:
            if wall not in student.isolated:
                pytest.skip(f"this system does not cut a process off from {wall}")
            np.testing.assert_array_equal(student.call({"x": np.ones(3)}, {}), np.ones(3))
        return student.printed

    return run


def attempt(*lines):
    """A file that tries, and prints the number of the error."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"import ctypes, os, socket\ntry:\n{body}except OSError as e: print(e.errno)\n"


def call(number):
    """A system call by number, for both processors."""
    return [
        "libc = ctypes.CDLL(None, use_errno=True)",
        f"got = libc.syscall({number}[os.uname().machine], 1, 1 << 20, 0o666)",
        "print(got, ctypes.get_errno())",
    ]


def test_no_socket_not_even_one_with_a_path(tried):
    """A desktop's and Docker's listen on paths, which network namespaces do not close."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{folder}/s")
        server.listen()
        server.settimeout(0.1)
        assert tried(attempt(f"socket.socket(socket.AF_UNIX).connect('{folder}/s')"), "network") == "1\n"
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    "numbers",
    [{"x86_64": 41, "aarch64": 198}, {"x86_64": 272, "aarch64": 97}, {"x86_64": 319, "aarch64": 279},
     {"x86_64": 29, "aarch64": 194}, {"x86_64": 425, "aarch64": 425}],
    ids=["socket", "unshare", "memfd_create", "shmget", "io_uring_setup"],
)  # fmt: skip
def test_calls_that_would_lead_around_a_limit_are_refused(tried, numbers):
    assert tried(attempt(*call(numbers)), "network") == "-1 1\n"


def test_its_home_is_small_and_nothing_of_it_reaches_a_disk(tried):
    text = attempt("for n in range(20): open(f'f{n}', 'wb').write(bytes(15 << 20))")
    assert tried(text, "processes") == "28\n"
    assert tried(attempt("for n in range(5000): open(f'f{n}', 'w').close()"), "processes") == "28\n"


def test_devices_and_settings_are_not_read(tried):
    for path in ("/dev/shm", "/etc/passwd", "/proc/self/maps", "/tmp"):
        assert tried(attempt(f"os.close(os.open('{path}', os.O_RDONLY))"), "files") == "13\n"


def test_limits_cannot_be_lifted(tried):
    text = "import resource\nfor name in ('AS', 'CPU', 'FSIZE', 'NOFILE'):\n    try: resource.setrlimit(getattr(resource, "
    text += "'RLIMIT_' + name), (-1, -1)); print('lifted', name)\n    except (OSError, ValueError): pass\n"
    assert tried(text, "processes") == ""


def test_a_hidden_file_is_left_out_wherever_it_lies(tmp_path):
    """As it is where the package is installed among others, in a folder that may be read."""
    for name in ("packages/numpy", "packages/ops"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("packages/numpy/a.py", "packages/ops/linear.py", "packages/ops/lora.py"):
        (tmp_path / name).write_text("")
    (tmp_path / "packages" / "loop").symlink_to(tmp_path)
    hidden = str(tmp_path / "packages/ops/linear.py")
    told = {os.path.relpath(path, tmp_path): rights for path, rights in isolation._all_but({hidden}, str(tmp_path))}
    lists, reads = isolation.LIST, isolation.READ
    assert told == {".": lists, "packages": lists, "packages/numpy": reads, "packages/ops": lists, "packages/ops/lora.py": reads}
    assert list(isolation._all_but({hidden}, hidden)) == []


@pytest.mark.parametrize("signal_", ["SIGSTOP", "SIGKILL"])
def test_signals_to_its_group_stop_only_itself(tmp_path, signal_):
    file = tmp_path / "answer.py"
    file.write_text(f"import os, signal\nos.kill(0, signal.{signal_})\n")
    with pytest.raises(StudentProblem, match="no answer within|ended without an answer"):
        with StudentProcess(file, ["solve"], 2):
            pass


def test_nothing_is_left_of_it_when_the_judge_is_killed(tmp_path):
    mark = f"{tmp_path.name}_is_asleep"
    file = tmp_path / f"{mark}.py"
    file.write_text("import time\ntime.sleep(600)\n")
    text = f"from minilora.course.process import StudentProcess\nStudentProcess({str(file)!r}, ['solve'], 60).__enter__()\n"
    judge = subprocess.Popen([sys.executable, "-c", text])
    try:
        wait_for(lambda: processes(mark))
    finally:
        judge.send_signal(signal.SIGKILL)
        judge.wait()
    wait_for(lambda: not processes(mark))


def processes(mark):
    """The processes with this word in their arguments."""
    found = []
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{number}/cmdline") as file:
                text = file.read()
                found += [number] if mark in text and "student.py" in text else []
        except OSError:
            continue
    return found


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)
