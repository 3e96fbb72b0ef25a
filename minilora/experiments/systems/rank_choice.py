"""Article B's advice: choose the rank by cross-validation. Against the usual rank, on a little text.

    fixed              r = 8
    cross-validated    r from 1, 2, 4, 8, 16: the least mean loss over three folds of the text

Then both learn from all of the text, with the same steps. The text comes in pieces, and each is wholly in one fold: windows
that overlap would let a model be judged on what it has learned. alpha = 2 r, so that the scale is the same at every rank; the
rate is the same too. Choosing costs 15 trainings beside the one that counts.
"""

from minilora import data
from minilora.adapters import LoRA, inject
from minilora.data import LanguageBatches, evaluation_windows
from minilora.experiments.runs import held_out_loss
from minilora.experiments.systems.arena import Arena
from minilora.experiments.systems.little_text import little_text
from minilora.experiments.systems.study import Study
from minilora.training import AdamW

PIECES = 12
STEPS, QUICK_STEPS = 60, 4
FIXED, RANKS = 8, (1, 2, 4, 8, 16)
FOLDS = 3
RATE = 5e-3


def rank_choice(folder, seed, case, quick):
    """Loss on what was held out of the target, and the rank. case: how it is chosen."""
    arena = Arena(folder)
    pieces, steps = little_text(arena, seed, PIECES), QUICK_STEPS if quick else STEPS
    rank = FIXED if case == "fixed" else cross_validated(arena, pieces, steps, seed)
    return {"loss": held_out_loss(tuned(arena, pieces, rank, steps, seed), arena.held_out["target"]), "rank": rank}


def cross_validated(arena, pieces, steps, seed):
    """The rank with the least mean loss over the folds; the smallest of equals."""
    losses = dict.fromkeys(RANKS, 0.0)
    for learning, judging in data.folds(len(pieces), FOLDS, rng=seed):
        windows = evaluation_windows(pieces[judging].ravel(), arena.setting.block_size)
        for rank in RANKS:
            losses[rank] += held_out_loss(tuned(arena, pieces[learning], rank, steps, seed), windows) / FOLDS
    return min(losses, key=losses.get)


def tuned(arena, pieces, rank, steps, seed):
    """The base after LoRA of this rank on these pieces."""
    model = arena.model()
    inject(model, LoRA(r=rank, alpha=2 * rank), rng=seed)
    batches = LanguageBatches(pieces.ravel(), arena.setting.block_size, arena.setting.batch_size, seed)
    arena.train(model, AdamW(model.parameters(), lr=RATE), seed, steps, batches=batches)
    return model


CONTESTANTS = ()
STUDIES = (Study("rank_choice", "The rank, fixed or chosen by cross-validation", "B", rank_choice, ("fixed", "cross-validated")),)
