"""A run is a folder: a model's checkpoint and the tokeniser that goes with it. Every command reads and writes these."""

from pathlib import Path

from minilora import files
from minilora.data import BPETokenizer, CharTokenizer, LanguageBatches, evaluation_windows, split
from minilora.nn import Transformer, TransformerConfig
from minilora.training import AdamW, Trainer, load_checkpoint, save_checkpoint, warmup_cosine
from minilora.training.checkpoints import read_state

TOKENIZERS = {"char": CharTokenizer, "bpe": BPETokenizer}


def save_tokenizer(folder, tokenizer):
    """Write the tokeniser beside the checkpoint; its file's name tells its kind."""
    kind = next(kind for kind, cls in TOKENIZERS.items() if isinstance(tokenizer, cls))
    tokenizer.save(Path(folder) / f"tokenizer-{kind}.json")


def load_tokenizer(folder):
    """The tokeniser of a run. files.FileError if the folder holds none."""
    for kind, cls in TOKENIZERS.items():
        path = Path(folder) / f"tokenizer-{kind}.json"
        if path.exists():
            return cls.load(path)
    raise files.FileError(f"{folder}: holds no tokenizer; give the folder of a run that `minilora train` wrote")


def load_model(folder):
    """The model of a run, in evaluation mode. files.FileError if the folder holds none, or a damaged one."""
    state = read_state(folder)
    try:
        model = Transformer(TransformerConfig(**state["config"]))
    except TypeError as error:
        raise files.FileError(f"{folder}: its config is not one of minilora ({error}); train it again") from error
    load_checkpoint(folder, model)
    return model.eval()


def save_run(folder, model, tokenizer):
    """Write a model that is not being trained, with its tokeniser."""
    save_checkpoint(folder, model)
    save_tokenizer(folder, tokenizer)


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


def train(model, text_ids, held_out, steps, *, lr, batch_size, rng, folder=None, evaluate_every=100, warmup=None, progress=True):
    """Train on ids with AdamW, warm-up and cosine decay, taking up what the folder holds. Returns the Trainer.

    held_out: {name: ids} whose losses stand in the history, under those names, after every `evaluate_every` steps.
    """
    block_size = model.config.block_size
    windows = {name: evaluation_windows(ids, block_size) for name, ids in held_out.items()}
    trainer = Trainer(
        model,
        AdamW(model.parameters(), lr=lr),
        LanguageBatches(text_ids, block_size, batch_size, rng),
        warmup_cosine(warmup or max(1, steps // 20), steps),
        folder,
        clip=1.0,
        evaluate=lambda m: {name: held_out_loss(m, w) for name, w in windows.items()},
        evaluate_every=evaluate_every,
        progress=progress,
    )
    trainer.resume()
    trainer.run(steps)
    return trainer
