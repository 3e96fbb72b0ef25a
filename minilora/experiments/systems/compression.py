"""Article A: pruning, distillation, fine-tuning; and the same three done as they are published.

    as described  the blocks' weights with |dL/dw| < .01 are pruned (scores:F1, pruning:F1). Half of the steps go by
                  distillation:F2 with lambda = .5 and the model not pruned as the teacher, the other half by cross-entropy alone;
                  plain SGD, the article's optimiser, in both
    by magnitude  as many weights go, those with the least |w| (scores:F2, pruning:F2); AdamW on distillation:F1, alpha = .5
    structured    half of the heads and half of the MLP's rows go, by structured:F1 of scores:F3; AdamW on cross-entropy

What is pruned stays zero. Zeros in a matrix save no multiplication and no memory by themselves; the third makes the matrices
smaller. The teacher knows the base text only, and so it teaches the student that.

A small gradient says that a weight would not help by changing a little, not that it can be spared: where training has come to an
end all gradients are small, those of the weights that do the work among them.
"""

from itertools import islice

from minilora.compress import (
    Distillation,
    Masked,
    SoftLabelDistillation,
    head_scores,
    highest,
    prune,
    row_scores,
    score_weights,
    shrink,
    sparsity,
)
from minilora.experiments.runs import held_out_loss
from minilora.experiments.systems.contestant import Adapted, Contestant
from minilora.experiments.systems.references import learn
from minilora.training import SGD, AdamW

THRESHOLD = 0.01
SCORED = 8  # batches of the target that the scores are taken from


def described(arena, rate, seed, steps):
    """Pruned by gradient, distilled, fine-tuned by SGD."""
    model = arena.model()
    masks = prune(model, scores(arena, model, "gradient", seed), threshold=THRESHOLD)
    found, batches = pruned(arena, model), arena.batches(seed)
    optimizer, half = SGD(model.parameters(), lr=rate), steps // 2
    student = SoftLabelDistillation(model, arena.model())
    history = arena.train(Masked(student, masks), optimizer, seed, half, batches=batches)
    history += arena.train(Masked(model, masks), optimizer, seed, steps - half, batches=batches)
    return Adapted(model, optimizer, history, found=found)


def by_magnitude(arena, rate, seed, steps):
    """The same share pruned by magnitude, distilled all the while with AdamW."""
    model = arena.model()
    gradients = scores(arena, model, "gradient", seed)
    share = sum((s >= THRESHOLD).sum() for s in gradients.values()) / sum(s.size for s in gradients.values())
    masks = prune(model, score_weights(model, "magnitude"), share=share)
    found = pruned(arena, model)
    optimizer = AdamW(model.parameters(), lr=rate)
    student = Distillation(model, arena.model())
    return Adapted(model, optimizer, arena.train(Masked(student, masks), optimizer, seed, steps), found=found)


def structured(arena, rate, seed, steps):
    """Half of the heads and of the MLP's rows taken out."""
    model = arena.model()
    taylor = scores(arena, model, "taylor", seed)
    heads = highest(head_scores(model, taylor), model.config.n_kv_heads // 2)
    rows = highest(row_scores(model, taylor), model.config.d_mlp // 2)
    return learn(arena, shrink(model, heads, rows, rng=seed), rate, seed, steps)


def scores(arena, model, kind, seed):
    """Scores of the blocks' matrices on the first batches of the target."""
    return score_weights(model, kind, list(islice(arena.batches(seed), SCORED)))


def pruned(arena, model):
    """What pruning alone does."""
    return {"sparsity": sparsity(model)["total"], "pruned_target_loss": held_out_loss(model, arena.held_out["target"])}


CONTESTANTS = (
    Contestant("a-described", "A as described: prune, distil, SGD", "A", True, described, 1.0),
    Contestant("a-magnitude", "magnitude pruning, Hinton's distillation", "A", False, by_magnitude, 1e-2),
    Contestant("a-structured", "half of heads and rows pruned", "A", False, structured, 3e-3),
)
STUDIES = ()
