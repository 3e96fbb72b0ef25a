"""A process cut off from the machine, as far as the system allows. Standard library alone: it runs before anything is loaded.

    processes  it sees no other process and can signal none (Linux namespaces), and can start none, only threads (seccomp)
    network    no network but an unconnected loopback (namespaces)
    files      reads Python, this package and the answer, writes its home alone (Landlock, Linux 5.13 and later)

Limits on memory, processor time and file size are separate, and hold on every Unix.
"""

import contextlib
import ctypes
import os
import platform
import signal
import struct
import sys
import sysconfig

MEMORY, FILE_SIZE = 2 << 30, 16 << 20  # bytes
NEW_IPC, NEW_USER, NEW_PID, NEW_NETWORK = 0x08000000, 0x10000000, 0x20000000, 0x40000000  # of unshare(2)
PARENT_DEATH, SET_FILTER, NO_NEW_PRIVILEGES = 1, 22, 38  # of prctl(2)
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # Landlock's system calls
READ = 1 << 0 | 1 << 2 | 1 << 3  # execute, read a file, list a folder
ALL = (1 << 13) - 1  # what Landlock's first version knows; later ones add what is asked for below
LATER = {2: 1 << 13, 3: 1 << 14, 5: 1 << 15}  # move between folders, truncate, control a device: denied everywhere but at home


def isolate(home, readable, seconds):
    """Cut this process off. Returns the names of what holds: of "processes", "network" and "files".

    home: the only folder that it may write. readable: folders that it may read, beside Python's and the system's. seconds: of
    processor time. With namespaces, what returns from here is a grandchild; the caller's process waits for it and ends with
    its exit code.
    """
    holds = []
    with contextlib.suppress(OSError, AttributeError):
        _own_tree()
        holds.append("network")
    _limit(seconds)
    with contextlib.suppress(OSError, AttributeError):
        _call(_libc().prctl, NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _only_these_files(home, readable)
        holds.append("files")
    with contextlib.suppress(OSError, AttributeError, KeyError):
        _no_children()
        holds += ["processes"] if "network" in holds else []
    return holds


def _own_tree():
    """New namespaces for users, processes, network and messages, with a process 1 that ends as soon as one side does."""
    _call(_libc().unshare, NEW_USER | NEW_PID | NEW_NETWORK | NEW_IPC)
    child = os.fork()
    if child:
        os._exit(_exit_code(os.waitpid(child, 0)[1]))
    _libc().prctl(PARENT_DEATH, signal.SIGKILL)  # process 1: when it ends, so does every process of its tree
    child = os.fork()
    if child:
        while True:
            ended, status = os.wait()
            if ended == child:
                os._exit(_exit_code(status))


def _exit_code(status):
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code  # as a shell says it


def _limit(seconds):
    """Limits on processor time, memory and file size, where the system has them."""
    with contextlib.suppress(ImportError):
        import resource

        for name, value in (("CPU", seconds + 1), ("AS", MEMORY), ("FSIZE", FILE_SIZE), ("CORE", 0)):
            with contextlib.suppress(AttributeError, ValueError, OSError):  # unknown here, or limited further already
                resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def _no_children():
    """A filter of system calls: fork, vfork and clone are refused unless they start a thread. KeyError on another processor."""
    machine, clone, forks = {"x86_64": (0xC000003E, 56, (57, 58)), "aarch64": (0xC00000B7, 220, ())}[platform.machine()]
    load, equal, above, any_bit, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, refuse, unknown = 0x7FFF0000, 0x00050001, 0x00050026  # errno EPERM, and ENOSYS: then threads come by clone
    program = [
        (load, 0, 0, 4), (equal, 1, 0, machine), (answer, 0, 0, refuse),  # another machine's calls have other numbers
        (load, 0, 0, 0), (above, 0, 1, 0x40000000), (answer, 0, 0, refuse),
        (equal, 0, 1, 435), (answer, 0, 0, unknown),  # clone3 hides its flags from a filter
        *[step for fork in forks for step in ((equal, 0, 1, fork), (answer, 0, 0, refuse))],
        (equal, 0, 3, clone), (load, 0, 0, 16), (any_bit, 1, 0, 0x10000), (answer, 0, 0, refuse),  # CLONE_THREAD
        (answer, 0, 0, allow),
    ]  # fmt: skip
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    whole = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(code)))
    _call(_libc().prctl, SET_FILTER, 2, whole)


def _only_these_files(home, readable):
    """Landlock: deny every access to files but those that are given here."""
    libc = _libc()
    version = _call(libc.syscall, CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    everything = ALL | sum(right for since, right in LATER.items() if version >= since)
    rules = ctypes.c_uint64(everything)
    ruleset = _call(libc.syscall, CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(8), 0)
    system = [sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    system += [sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/bin", "/etc", "/dev"]
    for path, rights in [(home, everything), *((path, READ) for path in [*readable, *system])]:
        _allow(libc, ruleset, path, rights)
    _allow(libc, ruleset, os.devnull, 1 << 1 | 1 << 2)
    _call(libc.syscall, RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(libc, ruleset, path, rights):
    class PathBeneath(ctypes.Structure):
        _pack_ = 1
        _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]

    with contextlib.suppress(FileNotFoundError):
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        _call(libc.syscall, ADD_RULE, ruleset, 1, ctypes.byref(PathBeneath(rights, place)), 0)
        os.close(place)


def _libc():
    return ctypes.CDLL(None, use_errno=True)


def _call(function, *arguments):
    """The result of a system call; OSError where it fails."""
    result = function(*arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
