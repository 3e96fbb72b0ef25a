"""The model that a command line names, with its tokeniser and the adapter, if one is named too."""

from pathlib import Path

from minilora import files
from minilora.adapters import load_adapter
from minilora.experiments import sources


def load(args):
    """(model, tokenizer) of args.model, in evaluation mode, with args.adapter in it. Errors as of `sources.load`."""
    model, tokenizer = sources.load(args.model, getattr(args, "quantised", False))
    if getattr(args, "adapter", None):
        hang(model, args.adapter)
    return model.eval(), tokenizer


def hang(model, folder):
    """Load an adapter of minilora's, or one in PEFT's format. files.FileError if a folder holds neither."""
    if (Path(folder) / "adapter.json").exists():
        return load_adapter(model, folder)
    if (Path(folder) / "adapter_config.json").exists():
        from minilora.interop import load_peft

        return load_peft(model, folder)
    holds = "it holds neither adapter.json (minilora's) nor adapter_config.json (PEFT's)"
    reason = holds if Path(folder).is_dir() else "there is no such folder"
    raise files.FileError(f"{folder} is no adapter: {reason}; name a folder that minilora adapt or PEFT wrote")


def refuse_encoder(model, name):
    """ValueError for a model that cannot continue a text."""
    if not model.config.causal:
        raise ValueError(f"{name} is an encoder: each token sees those after it, so it continues no text; try smollm2")
