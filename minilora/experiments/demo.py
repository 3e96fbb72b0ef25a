"""The whole story on real text: verify, train, analyse, adapt in full and by LoRA, compare.

Every stage that has ended is kept in the folder, and a stage that was cut off goes on from its checkpoint.
"""

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from minilora import __version__
from minilora.adapters import LoRA, inject
from minilora.data import CharTokenizer, evaluation_windows
from minilora.experiments import analysis
from minilora.experiments.runs import claim, count, held_out_loss, learning_and_held_out, train
from minilora.nn import Transformer, TransformerConfig, generate
from minilora.training.versions import versions

PROMPTS = {"base": "The ", "target": "def "}


@dataclass(frozen=True)
class DemoSettings:
    """Sizes and rates of a demo. The rates were chosen by hand: full tuning wants a smaller one than LoRA does."""

    steps: int = 1500
    adapt_steps: int = 400
    batch_size: int = 24
    block_size: int = 64
    rank: int = 8
    alpha: int = 16
    lr: float = 2e-3
    full_lr: float = 1e-3
    lora_lr: float = 5e-3
    evaluations: int = 10
    sample: int = 240
    seed: int = 0


QUICK = DemoSettings(steps=100, adapt_steps=30, evaluations=3, sample=120)


def encode(texts, settings):
    """A tokeniser over the Corpora {"base", "target"}, and {name: (ids to learn from, ids held out)}. ValueError if too short."""
    tokenizer = CharTokenizer().train("".join(corpus.text for corpus in texts.values()))
    return tokenizer, {name: learning_and_held_out(tokenizer, corpus, settings.block_size) for name, corpus in texts.items()}


def run_demo(texts, tokenizer, ids, settings, folder, say=print):
    """Train on the Corpus texts["base"], adapt to texts["target"], and return all figures as plain data.

    tokenizer, ids: of `encode`. Stages are kept under `folder`, those of other settings or texts apart from each other.
    """
    base, target = texts["base"], texts["target"]
    identity = {"settings": asdict(settings)} | {name: corpus.record() for name, corpus in texts.items()}
    folder = Path(folder) / f"stages-{hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:8]}"
    claim(folder, identity, tokenizer)
    held_out = {name: parts[1] for name, parts in ids.items()}
    windows = {name: evaluation_windows(part, settings.block_size) for name, part in held_out.items()}

    model = new_model(tokenizer, settings)
    result = {
        "texts": {name: corpus.record() for name, corpus in texts.items()},
        "settings": asdict(settings),
        "versions": versions() | {"minilora": __version__},
        "model": {"parameters": count(model), "vocabulary": tokenizer.vocab_size, "config": model.config.to_dict()},
    }

    size = f"{settings.steps} steps of {settings.batch_size} x {settings.block_size} characters"
    say(f"\n2  Train {count(model):,} parameters on {base.name}: {size}")
    before = analysis.matrices(model)
    trainer = _train(model, ids["base"][0], held_out, settings.steps, settings.lr, settings, folder / "base")
    result["base"] = describe(model, trainer, windows, tokenizer, settings)

    say("\n3  Analyse the trained weights by SVD")
    trained = analysis.matrices(model)
    result["spectra"] = analysis.spectrum_rows(trained, before)
    ranks = analysis.powers_of_two(min(model.config.d_model, model.config.d_mlp))
    result["truncation"] = analysis.truncation_curve(model, windows["base"], ranks)
    result["uniform_loss"] = math.log(tokenizer.vocab_size)  # of a guess that knows nothing
    say("   every matrix of the blocks cut to rank  " + "".join(f"{row['rank']:>7}" for row in result["truncation"]))
    say("   loss on held-out text                   " + "".join(f"{row['loss']:7.2f}" for row in result["truncation"]))

    for method, rate in (("full", settings.full_lr), ("lora", settings.lora_lr)):
        title = "full tuning" if method == "full" else f"LoRA, rank {settings.rank}"
        say(f"\n4  Adapt to {target.name}: {title}, {settings.adapt_steps} steps")
        adapted = new_model(tokenizer, settings)
        for (_, to), (_, source) in zip(adapted.named_parameters(), model.named_parameters(), strict=True):
            to.data = source.data
        if method == "lora":
            inject(adapted, LoRA(r=settings.rank, alpha=settings.alpha), rng=settings.seed)
        trainer = _train(adapted, ids["target"][0], held_out, settings.adapt_steps, rate, settings, folder / method)
        result[method] = describe(adapted, trainer, windows, tokenizer, settings)
        result[method]["spectra"] = analysis.spectrum_rows(analysis.adapted_matrices(adapted), trained)
    return result


def new_model(tokenizer, settings):
    """The demo's model as it is before training: the same seed gives the same weights."""
    config = TransformerConfig.preset("tiny-gpt", vocab_size=tokenizer.vocab_size, block_size=settings.block_size)
    return Transformer(config, rng=settings.seed)


def describe(model, trainer, windows, tokenizer, settings):
    """What a stage led to: losses on both texts, sizes, time, the course of the losses, a sample of each kind."""
    history = trainer.history
    evaluated = [{key: row[key] for key in ("step", *windows)} for row in history if all(name in row for name in windows)]
    return {
        "loss": {name: held_out_loss(model, batches) for name, batches in windows.items()},
        "trainable": count(model, trainable_only=True),
        "optimizer_bytes": trainer.optimizer.state_bytes,
        "seconds_per_step": median(row["seconds"] for row in history),
        "train_loss": [row["loss"] for row in history],
        "history": evaluated,
        "samples": {name: sample(model, tokenizer, prompt, settings) for name, prompt in PROMPTS.items()},
    }


def sample(model, tokenizer, prompt, settings):
    """The prompt, continued by the model at temperature 0.8 from the demo's seed."""
    prompt = "".join(c for c in prompt if c in tokenizer.alphabet) or tokenizer.alphabet[0]
    ids = generate(model, [tokenizer.encode(prompt)], settings.sample, temperature=0.8, rng=settings.seed)
    return tokenizer.decode(ids[0].tolist())


def _train(model, ids, held_out, steps, lr, settings, folder):
    return train(
        model, ids, held_out, steps, lr=lr, batch_size=settings.batch_size, rng=settings.seed, folder=folder,
        evaluations=settings.evaluations,
    )  # fmt: skip
