"""One door for models: a fetched one by its name, a GGUF file, a Hugging Face folder, or the folder of a run."""

from pathlib import Path

from minilora import files
from minilora.experiments import runs
from minilora.interop import fetch, load_gguf, load_huggingface
from minilora.interop.tokenizer import load_tokenizer
from minilora.nn.quantized import quantize_base
from minilora.training import has_checkpoint, read_state


def load(name, quantised=False):
    """(model, tokenizer) of what `locate` finds under this name; the model in evaluation mode.

    quantised: hold the blocks' matrices as few bits: those of a GGUF file as they are, others in NF4. ValueError if there is
    no such model, or if its tokeniser has more tokens than the model; files.FileError for what is damaged.
    """
    path = locate(name)
    if is_run(path):
        model, tokenizer = runs.load_model(path), runs.load_tokenizer(path)
    elif path.is_dir():
        model, tokenizer = load_huggingface(path), load_tokenizer(path)
    else:
        model, tokenizer = load_gguf(path, quantised=quantised), load_tokenizer(path)
    if tokenizer.vocab_size > model.config.vocab_size:
        sizes = f"its tokenizer has {tokenizer.vocab_size} tokens, the model {model.config.vocab_size}"
        raise ValueError(f"{name}: {sizes}: they do not belong together")
    if quantised and path.is_dir():
        quantize_base(model)
    return model, tokenizer


def locate(name):
    """The path that a name stands for: a run, a Hugging Face folder, or a file. ValueError says what there is if it is none."""
    path = Path(name)
    if str(name) in fetch.SOURCES:
        path = fetch.cached(str(name))
        if path is None:
            raise ValueError(f"{name} is not here yet: minilora fetch {name} ({fetch.SOURCES[name].megabytes} MB)")
        return path
    if path.is_file() or is_run(path) or (path / "config.json").exists():
        return path
    if (path / "adapter.json").exists() or (path / "adapter_config.json").exists():
        raise files.FileError(f"{path}: is an adapter; name the model that it adapts, and this one with --adapter {path}")
    real = " or ".join(f"{known} (minilora fetch {known})" for known in fetch.SOURCES)
    there = f"{real}, a .gguf file, a Hugging Face folder, or the folder of a run (minilora train)"
    raise ValueError(f"{name} is no model{'' if path.exists() else ', and no such path exists'}; give {there}")


def is_run(path):
    """Whether a path is the folder of a run."""
    return has_checkpoint(path)


def identity(name):
    """What tells this model from others, as plain data: the save of a run, or its files' hashes."""
    path = locate(name)
    if is_run(path):
        return read_state(path)["save"]
    weights = [path] if path.is_file() else sorted(path.glob("*.safetensors"))
    return {"name": Path(name).name, "sha256": [fetch.sha256(file) for file in weights]}
