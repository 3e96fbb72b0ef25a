"""The singular values of a small model's matrices as it learns, from starts of several kinds.

    usual      every matrix normal, as the library draws it
    large      the same, LARGE times as large
    low rank   the same, cut to rank LOW
"""

import numpy as np

from minilora import lowrank
from minilora.data import LanguageBatches
from minilora.experiments.analysis import matrices
from minilora.nn import Transformer, TransformerConfig
from minilora.training import AdamW

LARGE, LOW = 6.0, 4
STARTS = {
    "usual": lambda W: W,
    "large": lambda W: W * LARGE,
    "low rank": lambda W: lowrank.truncate(W, LOW),
}
SIZES = {"block_size": 32, "n_layers": 2, "n_heads": 4, "d_model": 64}


def course(ids, vocab_size, seed, start="usual", steps=200, keep=11, batch_size=8, lr=3e-3):
    """{"steps", "losses", "spectra": {matrix: its singular values, falling, at each of these steps}}, 0 and the last included.

    ids: the text to learn from. The model is two blocks of 64 channels; a seed gives its start and the order of the text.
    """
    model = Transformer(TransformerConfig(vocab_size=vocab_size, **SIZES), rng=seed)
    for name, p in model.named_parameters():
        if name.startswith("blocks.") and name.endswith(".W"):
            p.data = STARTS[start](p.data)
    optimizer = AdamW(model.parameters(), lr=lr)
    batches = LanguageBatches(ids, SIZES["block_size"], batch_size, rng=seed)
    kept = sorted({round(steps * (i / (keep - 1)) ** 2) for i in range(keep)})  # closer together in the beginning
    losses, spectra = [], {name: [] for name in matrices(model)}
    for step, batch in zip(range(steps + 1), batches, strict=False):
        model.zero_grad()
        loss = model.loss(*batch)
        if step in kept:
            losses.append(loss)
            for name, W in matrices(model).items():
                spectra[name].append(lowrank.singular_values(W).tolist())
        model.backward()
        optimizer.step()
    return {"steps": kept, "losses": losses, "spectra": spectra}


def effective_ranks(run):
    """{kind of matrix: [effective rank at each kept step]}, the mean over the blocks."""
    kinds = {}
    for name, rows in run["spectra"].items():
        found = [lowrank.effective_rank(np.diag(row)) for row in rows]
        kinds.setdefault(name.split(".", 2)[2], []).append(found)
    return {kind: np.mean(found, axis=0).tolist() for kind, found in kinds.items()}
