"""A process cut off from the machine, as far as the system allows. Standard library alone: it runs before anything is loaded.

    processes  it sees no other process and can signal none (Linux namespaces), and can start none, only threads (seccomp)
    network    it can make no socket (seccomp): a socket with a path, such as a desktop's or Docker's, is in no namespace
    files      reads Python, this package without the solution, and the answer; writes its home alone (Landlock, Linux 5.13 and
               later), where namespaces are to be had a small one in memory

Limits on memory, processor time, open files and file size are separate, and hold on every Unix. Memory that no limit counts, that
of files without a name and of System V, is refused (seccomp).
"""

import contextlib
import ctypes
import os
import platform
import signal
import struct
import sys
import sysconfig

MEMORY, FILE_SIZE, OPEN_FILES = 2 << 30, 16 << 20, 128  # bytes, bytes, a number
HOME = b"size=64m,nr_inodes=1000"  # of the folder in memory
NEW_MOUNTS, NEW_IPC, NEW_USER, NEW_PID, NEW_NETWORK = 0x20000, 0x08000000, 0x10000000, 0x20000000, 0x40000000  # of unshare(2)
NO_SETUID_DEVICE_EXECUTE = 2 | 4 | 8  # of mount(2)
PARENT_DEATH, SET_FILTER, NO_NEW_PRIVILEGES = 1, 22, 38  # of prctl(2)
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # Landlock's system calls
LIST, READ = 1 << 3, 1 << 0 | 1 << 2 | 1 << 3  # list a folder; execute, read a file, list a folder
OF_A_FILE = 1 << 0 | 1 << 1 | 1 << 2  # the rights that a file can have: execute, write, read
ALL = (1 << 13) - 1  # what Landlock's first version knows; later ones add what is asked for below
LATER = {2: 1 << 13, 3: 1 << 14, 5: 1 << 15}  # move between folders, truncate, control a device: denied everywhere but at home


def separate(home, seconds):
    """Go on as a process of a tree of its own, in `home`. Returns whether that can be had. Limits come with it, or alone.

    seconds: of processor time. With namespaces, what returns from here is a grandchild; the caller's process waits for it and
    ends with its exit code.
    """
    alone = False
    with contextlib.suppress(OSError, AttributeError):
        _own_tree(home, seconds)
        alone = True
    _limit(seconds)
    return alone


def confine(home, readable, hidden, alone):
    """Take this process's rights away. Returns the names of what holds then: of "processes", "network" and "files".

    home: the only folder that it may write. readable: folders that it may read, beside Python's and the system's. hidden: files
    in any of them that it may not. alone: what `separate` returned.
    """
    holds = []
    with contextlib.suppress(OSError, AttributeError):
        _call(_libc().prctl, NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _only_these_files(home, readable, {os.path.realpath(path) for path in hidden})
        holds.append("files")
    with contextlib.suppress(OSError, AttributeError, KeyError):
        _refuse_calls()
        holds += ["network", "processes"] if alone else ["network"]
    return holds


def _own_tree(home, seconds):
    """New namespaces for users, processes, network, messages and mounts, with a process 1 that ends as soon as one side does."""
    user, group = os.getuid(), os.getgid()
    _call(_libc().unshare, NEW_USER | NEW_PID | NEW_NETWORK | NEW_IPC | NEW_MOUNTS)
    with contextlib.suppress(OSError):  # a folder in memory: what is written there fills no disk, and its files are few
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
        _call(_libc().mount, b"tmpfs", os.fsencode(home), b"tmpfs", NO_SETUID_DEVICE_EXECUTE, HOME)
        os.chdir(home)
    child = os.fork()
    if child:
        _libc().prctl(PARENT_DEATH, signal.SIGKILL)  # a judge that is killed leaves nothing behind
        signal.alarm(seconds + 5)
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
    """Limits on processor time, memory, open files and file size, where the system has them."""
    with contextlib.suppress(ImportError):
        import resource

        limits = {"CPU": seconds + 1, "AS": MEMORY, "FSIZE": FILE_SIZE, "NOFILE": OPEN_FILES, "CORE": 0}
        for name, value in limits.items():
            with contextlib.suppress(AttributeError, ValueError, OSError):  # unknown here, or limited further already
                resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def _refuse_calls():
    """A filter of system calls: clone is refused unless it starts a thread, others always. KeyError on another processor."""
    machine, clone, refused = {
        # fork, vfork, socket, unshare, memfd_create, shmget; then io_uring_setup, which makes sockets too
        "x86_64": (0xC000003E, 56, (57, 58, 41, 272, 319, 29, 425)),
        "aarch64": (0xC00000B7, 220, (198, 97, 279, 194, 425)),
    }[platform.machine()]
    load, equal, above, any_bit, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, refuse, unknown = 0x7FFF0000, 0x00050001, 0x00050026  # errno EPERM, and ENOSYS: then threads come by clone
    program = [
        (load, 0, 0, 4), (equal, 1, 0, machine), (answer, 0, 0, refuse),  # another machine's calls have other numbers
        (load, 0, 0, 0), (above, 0, 1, 0x40000000), (answer, 0, 0, refuse),
        (equal, 0, 1, 435), (answer, 0, 0, unknown),  # clone3 hides its flags from a filter
        *[step for call in refused for step in ((equal, 0, 1, call), (answer, 0, 0, refuse))],
        (equal, 0, 3, clone), (load, 0, 0, 16), (any_bit, 1, 0, 0x10000), (answer, 0, 0, refuse),  # CLONE_THREAD
        (answer, 0, 0, allow),
    ]  # fmt: skip
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    whole = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(code)))
    _call(_libc().prctl, SET_FILTER, 2, whole)


def _only_these_files(home, readable, hidden):
    """Landlock: deny every access to files but those that are given here."""
    libc = _libc()
    version = _call(libc.syscall, CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    everything = ALL | sum(right for since, right in LATER.items() if version >= since)
    rules = ctypes.c_uint64(everything)
    ruleset = _call(libc.syscall, CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(8), 0)
    system = [sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    system += [sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts"]
    system += ["/dev/zero", "/dev/random", "/dev/urandom"]
    _allow(libc, ruleset, home, everything)
    _allow(libc, ruleset, os.devnull, 1 << 1 | 1 << 2)
    for place in {os.path.realpath(path) for path in [*readable, *system]}:
        for path, rights in _all_but(hidden, place):
            _allow(libc, ruleset, path, rights)
    _call(libc.syscall, RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _all_but(hidden, path):
    """(path, rights) that let everything be read at and below a path without links but the hidden files."""
    if not any(file == path or file.startswith(path + os.sep) for file in hidden):
        yield path, READ
    elif path not in hidden:
        yield path, LIST
        for entry in os.scandir(path):
            if not entry.is_symlink():  # where it leads is allowed by its own name, or not at all
                yield from _all_but(hidden, entry.path)


def _allow(libc, ruleset, path, rights):
    class PathBeneath(ctypes.Structure):
        _pack_ = 1
        _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]

    with contextlib.suppress(FileNotFoundError):
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rights = rights if os.path.isdir(path) else rights & OF_A_FILE
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
