"""A run is a folder: a model's checkpoint, the tokeniser that goes with it, and run.json, which says how it was made."""

from pathlib import Path

from minilora import files
from minilora.data import BPETokenizer, CharTokenizer, LanguageBatches, evaluation_windows, split
from minilora.interop.tokenizer import PretrainedTokenizer
from minilora.nn import Transformer, TransformerConfig
from minilora.training import AdamW, Trainer, has_checkpoint, load_checkpoint, read_state, save_checkpoint, warmup_cosine

TOKENIZERS = {"char": CharTokenizer, "bpe": BPETokenizer, "pretrained": PretrainedTokenizer}
CODE_CHARACTERS = 1_000_000  # of the standard library, to adapt to: whole files, spread evenly over it


def claim(folder, made_by, tokenizer=None):
    """Take a folder for a run before its first step: write run.json, and the tokeniser.

    made_by: plain data, all that the result depends on. A folder with the same run.json is that run, to be taken up.
    ValueError, with nothing written, if the folder holds another run; it names the first difference.
    """
    folder = Path(folder)
    record = folder / "run.json"
    if record.exists():
        there = files.load_json(record)
        there = there if isinstance(there, dict) else {}
        for key, asked in made_by.items():
            if there.get(key) != asked:
                difference = f"its {key} is {_short(there.get(key))}, asked for is {_short(asked)}"
                raise ValueError(f"{folder} holds another run: {difference}; use another folder")
    elif has_checkpoint(folder):
        raise ValueError(f"{folder} holds a checkpoint of another kind: use another folder")
    files.save_json(record, made_by)
    if tokenizer is not None:
        kind = next(kind for kind, cls in TOKENIZERS.items() if isinstance(tokenizer, cls))
        tokenizer.save(folder / f"tokenizer-{kind}.json")


def _short(value):
    return value.get("name", "another one") if isinstance(value, dict) else repr(value)


def made_by(folder):
    """What run.json of a run says. files.FileError if the folder holds none."""
    found = files.load_json(Path(folder) / "run.json")
    if not isinstance(found, dict):
        raise files.FileError(f"{folder}: its run.json does not describe a run; train it again")
    return found


def load_tokenizer(folder):
    """The tokeniser of a run. files.FileError if the folder holds none."""
    for kind, cls in TOKENIZERS.items():
        path = Path(folder) / f"tokenizer-{kind}.json"
        if path.exists():
            return cls.load(path)
    raise files.FileError(f"{folder}: holds no tokenizer; give the folder of a run that `minilora train` wrote")


def load_model(folder):
    """The model of a run, in evaluation mode. files.FileError if the folder holds none, or a damaged one."""
    if (Path(folder) / "adapter.json").exists():
        raise files.FileError(f"{folder}: is an adapter; name the run that it adapts, and this one with --adapter {folder}")
    state = read_state(folder)
    try:
        model = Transformer(TransformerConfig(**state["config"]))
    except TypeError as error:
        raise files.FileError(f"{folder}: its config is not one of minilora ({error}); train it again") from error
    load_checkpoint(folder, model)
    return model.eval()


def save_run(folder, model, tokenizer, made_by):
    """Write a model that is not being trained, as a run."""
    claim(folder, made_by, tokenizer)
    save_checkpoint(folder, model)


def count(model, trainable_only=False):
    """How many numbers the model holds, or trains."""
    return sum(p.data.size for p in model.parameters() if p.trainable or not trainable_only)


def learning_and_held_out(tokenizer, corpus, block_size):
    """The ids to learn from and those held out, a tenth. ValueError if the text is too short to give a window of each."""
    learning, held_out = (tokenizer.encode(part) for part in split(corpus.text))
    if len(held_out) <= block_size:
        raise ValueError(
            f"{corpus.name} is too short: a tenth of it is held out, {len(held_out)} tokens, and a block takes {block_size + 1};"
            f" give a text of {10 * (block_size + 1):,} characters or more"
        )
    return learning, held_out


def held_out_loss(model, windows):
    """Mean loss in nats a token over the batches of `evaluation_windows`; leaves the model's mode as it was."""
    was_training = model.training
    model.eval()
    total = sum(model.loss(*batch) * len(batch[0]) for batch in windows)
    if was_training:
        model.train()
    return total / sum(len(inputs) for inputs, _ in windows)


def train(model, text_ids, held_out, steps, *, lr, batch_size, rng, folder=None, evaluations=10, optimizer=None,
          block_size=None, judged_on=(64, 32), save_frozen=True):  # fmt: skip
    """Train on ids with warm-up and cosine decay, taking up what the folder holds. Returns the Trainer.

    optimizer: one of the model's parameters, made with this lr; None for AdamW.
    held_out: {name: ids} whose losses stand in the history, under those names, `evaluations` times. judged_on: how many
    windows of them, and how many at a time.
    block_size: tokens in a sequence; None for all that the model reads. save_frozen: as of `save_checkpoint`.
    """
    block_size = block_size or model.config.block_size
    windows = {name: evaluation_windows(ids, block_size, *judged_on) for name, ids in held_out.items()}
    trainer = Trainer(
        model,
        optimizer or AdamW(model.parameters(), lr=lr),
        LanguageBatches(text_ids, block_size, batch_size, rng),
        warmup_cosine(max(1, steps // 20), steps),
        folder,
        clip=1.0,
        evaluate=lambda m: {name: held_out_loss(m, w) for name, w in windows.items()},
        evaluate_every=max(1, steps // evaluations),
        save_frozen=save_frozen,
    )
    trainer.resume()
    trainer.run(steps)
    return trainer
