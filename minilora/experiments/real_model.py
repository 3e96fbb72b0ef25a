"""SmolLM2 under the instruments of this course: what its weights hold, what cutting them costs, and what LoRA changes in them.

    python -m minilora.experiments.real_model      runs what is missing, and writes lessons/results/real_model.json

The notebook of lesson 28 shows some layers; here are all, and three seeds. It takes a while: what is done is not done again.
"""

import hashlib
from pathlib import Path

import numpy as np

from minilora import backend, files
from minilora.adapters import LoRA, inject
from minilora.data import evaluation_windows, split
from minilora.experiments import runs, sources
from minilora.experiments.real_weights import KINDS, against_noise, changed, of_kind, rounding_std, truncated
from minilora.nn import generate

NAME = "smollm2"
LESSONS = Path(__file__).parents[2] / "lessons"
RESULT = LESSONS / "results" / "real_model.json"
PROMPTS = ("The gradient of the loss with respect to W is", "# 5 Low-rank")
TARGETS, RANK, ALPHA, RATE = ("attn.q", "attn.v"), 8, 16, 2e-3
BLOCK, STEPS, SEEDS = 256, 40, (0, 1, 2)


def course_text(last=27):
    """The lessons up to the number `last` as one text. ValueError outside a checkout."""
    found = [path for path in sorted(LESSONS.glob("[0-9][0-9]_*.md")) if int(path.name[:2]) <= last]
    if not found:
        raise ValueError(f"no lessons at {LESSONS}: they come with a checkout of minilora; give any other text")
    return "\n".join(files.load_text(path) for path in found)


def learning_and_windows(tokenizer, text, windows):
    """Ids to learn from, and evaluation windows of the tenth that is held out."""
    learning, held_out = (np.array(tokenizer.encode(part)) for part in split(text))
    return learning, evaluation_windows(held_out, BLOCK, windows, batch_size=1)


def adapted(model, learning, steps, seed):
    """Hang LoRA in the model and train it, one sequence a step: the losses of the steps. The seed draws A and the batches."""
    inject(model, LoRA(r=RANK, alpha=ALPHA), TARGETS, rng=seed)
    trainer = runs.train(model, learning, {}, steps, lr=RATE, batch_size=1, rng=seed, block_size=BLOCK)
    return [row["loss"] for row in trainer.history]


def samples(model, tokenizer, tokens=40):
    """[{"prompt", "greedy", "drawn"}]: how it goes on by the likeliest token, and drawn with seed 0 from the nucleus of 0.9."""
    found = []
    for prompt in PROMPTS:
        ids = tokenizer.encode(prompt)
        row = {"prompt": prompt}
        for way, how in (("greedy", {"temperature": 0}), ("drawn", {"top_p": 0.9})):
            row[way] = tokenizer.decode(generate(model, [ids], tokens, rng=0, **how)[0][len(ids) :].tolist())
        found.append(row)
    return found


def adaptation(text, seed):
    """One run of STEPS: its losses, the held-out loss before and after, what it changed; and samples after, of the first seed."""
    model, tokenizer = sources.load(NAME)
    learning, windows = learning_and_windows(tokenizer, text, 8)
    found = {"seed": seed, "before": runs.held_out_loss(model, windows)}
    found["losses"] = adapted(model, learning, STEPS, seed)
    found |= {"after": runs.held_out_loss(model, windows), "changed": changed(model.eval())}
    return found | ({"samples": samples(model, tokenizer)} if seed == SEEDS[0] else {})


def untouched(text):
    """Samples of the model as it came."""
    return samples(*sources.load(NAME))


def all_spectra(text):
    """A row for each of the blocks' matrices: `against_noise`, with four numbers in the place of the values."""
    few, _ = sources.load(NAME, quantised=True)
    layers = dict(few.named_layers())
    found = []
    for name in (name for kind in KINDS for name in of_kind(few, kind)):
        W = layers[name].W
        row = against_noise(name, W.data, rounding_std(W.quantized))
        values = np.array(row.pop("values"))
        row |= {"count": len(values), "largest": float(values[0]), "least": float(values[-1])}
        found.append(row | {"stable_rank": float((values**2).sum() / values[0] ** 2)})
    return found


def all_truncated(text, kind):
    """`truncated` for one kind."""
    model, tokenizer = sources.load(NAME)
    learning, windows = learning_and_windows(tokenizer, text, 4)
    return truncated(model, windows, evaluation_windows(learning, BLOCK, 8, batch_size=1), (kind,))


def kept():
    """The kept results of a checkout. ValueError where there are none."""
    if not RESULT.exists():
        made = "python -m minilora.experiments.real_model makes it"
        raise ValueError(f"{RESULT.name} is not here: it lies in lessons/results of a checkout; {made}")
    return files.load_json(RESULT)


def main():
    """Run every part that the result lacks, and write it after each. ValueError if what is there is of another text."""
    backend.tune_memory()
    text = course_text()
    about = {"characters": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}
    found = files.load_json(RESULT) if RESULT.exists() else {"text": about}
    if found["text"] != about:
        raise ValueError(f"{RESULT} is of another text: the lessons have changed since; remove it to begin anew")
    parts = {f"adaptation {seed}": (adaptation, seed) for seed in SEEDS} | {"before": (untouched,), "spectra": (all_spectra,)}
    parts |= {f"truncation {kind}": (all_truncated, kind) for kind in KINDS}
    for name, (function, *arguments) in parts.items():
        if name not in found:
            found[name] = function(text, *arguments)
            files.save_json(RESULT, found)
            print(f"{name}: done")


if __name__ == "__main__":
    main()
