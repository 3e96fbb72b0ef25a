"""LoRA against an opponent, in short runs: the base that comes with the package learns Python code in three ways.

    plain      cross-entropy
    article C  the target's probability shifted by a constant: shifted_cross_entropy
    FGM        cross-entropy as it is, and once more with the embeddings moved along the gradient: C1 of systems.adversarial

All have the same batches, the same number of steps and one rate, so FGM takes about twice the time. What comes of it is measured
on held-out code whose embeddings are moved by each attack of systems.attacks. They climb cross-entropy, whatever a run was
trained with; the last one is PGD that climbs article C's loss.
"""

import numpy as np

from minilora import backend
from minilora.adapters import LoRA, inject
from minilora.data import LanguageBatches, evaluation_windows, keep_characters, split, standard_library
from minilora.experiments.pretrained import load_pretrained
from minilora.experiments.systems.adversarial import AgainstFGM, ShiftedOutput
from minilora.experiments.systems.attacks import ATTACKS, along, distance, pgd
from minilora.ops.cross_entropy import cross_entropy_forward
from minilora.ops.shifted_cross_entropy import shifted_cross_entropy_forward
from minilora.training import AdamW, Trainer, warmup_cosine

CHARACTERS, T, BATCH = 300_000, 32, 8
RANK, STEPS, WARM_UP, RATE = 4, 60, 3, 1e-2
WINDOWS = 24
EPS = 0.1  # of an embedding's length, in training and under attack
WAYS = {
    "plain": lambda model: model,
    "article C": ShiftedOutput,
    "FGM": lambda model: AgainstFGM(model, EPS),
}


def pgd_on_shifted(model, x, targets, delta):
    """PGD up article C's loss."""
    return pgd(ShiftedOutput(model), x, targets, delta)


AGAINST = {"none": None, **ATTACKS, "pgd on C": pgd_on_shifted}


def code(tokenizer):
    """Python code: (ids to learn from, windows of what is held out)."""
    ids = np.array(tokenizer.encode(keep_characters(standard_library(CHARACTERS).text)))
    learning, held_out = split(ids)
    return learning, evaluation_windows(held_out, T, WINDOWS)


def trained(way, seed, learning, steps=STEPS, rate=RATE):
    """The base after LoRA has been trained in one of WAYS, in evaluation mode."""
    model, _ = load_pretrained()
    inject(model, LoRA(r=RANK, alpha=2 * RANK), rng=seed)
    batches = LanguageBatches(learning, T, BATCH, seed)
    wrapped = WAYS[way](model.train())
    optimizer = AdamW(model.parameters(), lr=rate)
    Trainer(wrapped, optimizer, batches, warmup_cosine(WARM_UP, steps), clip=1.0, progress=False).run(steps)
    return model.eval()


def under_attack(model, windows, eps=EPS):
    """{attack: {"loss", "shifted_loss", "right"}}, means over the windows; "none" is the text as it is.

    loss: cross-entropy in nats a token. shifted_loss: article C's. right: the share of tokens of which the likeliest is right.
    """
    return {name: _measured(model, windows, eps, attack) for name, attack in AGAINST.items()}


def _measured(model, windows, eps, attack):
    rows = []
    for ids, targets in windows:
        x = model.embed.forward(backend.asarray(ids))
        model.embed.drop_cache()
        if attack:
            x = x + attack(model, x, targets, distance(model, ids.shape[1], eps))
        logits = model.forward(x)
        losses = [backend.item(forward(logits, targets)[0]) for forward in (cross_entropy_forward, shifted_cross_entropy_forward)]
        rows.append((*losses, float((backend.asnumpy(logits).argmax(axis=-1) == targets).mean())))
    sizes = [len(ids) for ids, _ in windows]
    means = np.average(rows, axis=0, weights=sizes).tolist()
    return dict(zip(("loss", "shifted_loss", "right"), means, strict=True))


def losses_along(model, x, targets, directions, lengths):
    """Losses of one example, x (1, T, C), moved by each length along each direction: {name: [a loss for each length]}.

    directions: {name: an array of x's shape}, of any length.
    """
    units = {name: along(direction, 1.0) for name, direction in directions.items()}
    return {name: [model.loss(x + length * unit, targets) for length in lengths] for name, unit in units.items()}
