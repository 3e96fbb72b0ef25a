"""The base model that comes with the package: a tiny transformer trained on the Python documentation, ready in a moment.

    from minilora.experiments.pretrained import load_pretrained
    model, tokenizer = load_pretrained()

    python -m minilora.experiments.pretrained       trains it anew: model, tokeniser and card, in this package

The weights lie there in float16; the model computes in float32. The card says how it was made and what its loss is, and the
loss is that of the stored weights. `card()["corpus"]["sha256"]` is of the text: other versions of Python have another one.
"""

from pathlib import Path

import numpy as np

from minilora import files
from minilora.data import CharTokenizer, evaluation_windows, python_docs
from minilora.data.corpora import DEMO_ALPHABET
from minilora.experiments.runs import count, held_out_loss, learning_and_held_out, train
from minilora.nn import Transformer, TransformerConfig
from minilora.training.versions import versions

FOLDER = Path(__file__).with_name("base")
WEIGHTS, CARD = "model.safetensors", "card.json"
MADE_WITH = {"steps": 4000, "batch_size": 24, "lr": 2e-3, "dropout": 0.1, "seed": 0}


def load_pretrained(dtype="float32"):
    """(model, tokenizer): a Transformer in evaluation mode, all its parameters trainable, and its CharTokenizer."""
    config = card()["config"] | {"dropout": 0.0}  # which was for its training
    model = Transformer(TransformerConfig(**config), rng=0, dtype=dtype)
    weights, _ = files.load_arrays(FOLDER / WEIGHTS)
    for name, p in model.named_parameters():
        p.data = weights[name].astype(dtype)
    return model.eval(), pretrained_tokenizer()


def pretrained_tokenizer():
    """Printable ASCII, tab and newline: 97 characters, so that the model reads code as well as prose."""
    return CharTokenizer().train(DEMO_ALPHABET)


def card():
    """How the model was made, as plain data: config, seed, steps, corpus with its hash, losses in nats a character, versions."""
    return files.load_json(FOLDER / CARD)


def make(folder=FOLDER, **changes):
    """Train the model and write it, with its card, into `folder`; cut off, the same call goes on from runs/pretrained."""
    made_with = MADE_WITH | changes
    tokenizer = pretrained_tokenizer()
    corpus = python_docs().plain()
    config = TransformerConfig.preset("tiny-gpt", vocab_size=tokenizer.vocab_size, block_size=64, dropout=made_with["dropout"])
    model = Transformer(config, rng=made_with["seed"])
    ids, held_out = learning_and_held_out(tokenizer, corpus, config.block_size)
    settings = {name: made_with[name] for name in ("lr", "batch_size")}
    train(model, ids, {"held out": held_out}, made_with["steps"], rng=made_with["seed"], folder="runs/pretrained", **settings)
    stored = {name: np.asarray(p.data, dtype="float16") for name, p in model.named_parameters()}
    for name, p in model.named_parameters():
        p.data = stored[name].astype("float32")
    files.save_arrays(Path(folder) / WEIGHTS, stored)
    files.save_json(Path(folder) / CARD, _card(model, corpus, ids, held_out, made_with))


def _card(model, corpus, ids, held_out, made_with):
    block = model.config.block_size
    learnt = ids[: len(held_out)]
    return {
        "about": "a language model over characters, trained on Python's documentation by minilora.experiments.pretrained",
        "config": model.config.to_dict(),
        "parameters": count(model),
        "made_with": made_with,
        "corpus": corpus.record(),
        "characters_seen": made_with["steps"] * made_with["batch_size"] * block,
        "loss": {
            "held_out": held_out_loss(model, evaluation_windows(held_out, block)),
            "a_tenth_of_the_training_text": held_out_loss(model, evaluation_windows(learnt, block)),
        },
        "versions": versions(),
    }


if __name__ == "__main__":
    make()
