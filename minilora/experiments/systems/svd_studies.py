"""What the arithmetic of article B's split comes to: values, merging, and the directions that starve."""

from minilora import backend, lowrank
from minilora.adapters import inject, merge
from minilora.experiments.systems.arena import Arena
from minilora.experiments.systems.study import Study
from minilora.experiments.systems.svd_split import SVDSplit

SHAPES = {"square": (64, 64), "tall": (256, 64), "wide": (64, 256)}  # (out, in)
SINGULAR_VALUES = (2.0, 1.0, 0.5, 0.1)
RATE, STEPS = 0.2, 60


def values(folder, seed, case, quick):
    """The share of a matrix's values that training V^T trains."""
    n_out, n_in = SHAPES[case]
    trained = SVDSplit().values(n_in, n_out)
    return {"trained": trained, "share": trained / (n_out * n_in)}


def merging(folder, seed, case, quick):
    """The largest difference of the logits between the split, V^T moved, and the same merged, over the largest logit."""
    arena = Arena(folder)
    model, ids = arena.model().eval(), next(arena.batches(seed))[0]
    inject(model, SVDSplit(), rng=seed)
    rng = backend.as_generator(seed)
    for parameter in model.parameters():
        if parameter.trainable:
            parameter.data = parameter.data + backend.asarray(0.05 * rng.standard_normal(parameter.data.shape), dtype=model.dtype)
    split = model.forward(ids)
    merge(model)
    return {"error": backend.item(abs(model.forward(ids) - split).max() / abs(split).max())}


def starving(folder, seed, case, quick):
    """Least squares towards a goal equally far in every direction of W0: what is left of the error along u_i after STEPS steps.

    Training V^T multiplies the error along u_i by 1 - rate sigma_i^2 at each step; full tuning by 1 - rate, whatever sigma_i.
    """
    rng, k = backend.as_generator(seed), len(SINGULAR_VALUES)
    U, _, Vt = lowrank.svd(backend.asarray(rng.standard_normal((k, k))))
    W0 = (U * backend.asarray(SINGULAR_VALUES)) @ Vt
    goal, W, A = W0 + U @ Vt, W0.copy(), Vt.copy()
    B = U * backend.asarray(SINGULAR_VALUES)
    for _ in range(STEPS):
        if case == "split":
            A -= RATE * B.T @ (B @ A - goal)
        else:
            W -= RATE * (W - goal)
    error = U.T @ ((B @ A if case == "split" else W) - goal)
    return {f"left at sigma {s:g}": backend.item((row * row).sum() ** 0.5) for s, row in zip(SINGULAR_VALUES, error, strict=True)}


CONTESTANTS = ()
STUDIES = (
    Study("values", "What training V^T trains, by the shape of W", "B", values, tuple(SHAPES), seeds=False),
    Study("merging", "The split against the same merged", "B", merging, ("split",)),
    Study("starving", f"Error left along each direction of W0 after {STEPS} steps", "B", starving, ("split", "full")),
)
