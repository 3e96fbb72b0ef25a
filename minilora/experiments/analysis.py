"""What the SVD says of a trained model: its spectra beside those it began with, and what truncating them costs."""

import math

from minilora import backend, lowrank
from minilora.adapters import adapters_of, merge, unmerge
from minilora.experiments.runs import held_out_loss


def matrices(model):
    """{name: W} of the blocks' matrices, as NumPy copies."""
    return {
        name.removesuffix(".W"): backend.asnumpy(p.data).copy()
        for name, p in model.named_parameters()
        if name.startswith("blocks.") and name.endswith(".W")
    }


def adapted_matrices(model):
    """The same with the change of every adapter added: W + Delta W."""
    if not adapters_of(model):
        return matrices(model)
    merge(model)
    try:
        return matrices(model)
    finally:
        unmerge(model)


def spectrum_rows(after, before=None):
    """For each matrix its name, shape, spectrum and ranks, and the edge of the noise that its median tells of (noise:N1, N4).

    With `before`, also those of the old weights and of the change.
    """
    rows = []
    for name, W in after.items():
        values = lowrank.singular_values(W)
        row = {"name": name, "shape": list(W.shape), "after": values.tolist()}
        sigma = backend.item(backend.get_array_module(values).median(values)) / lowrank.noise_median(*W.shape)
        row["edge"] = lowrank.noise_edges(*W.shape, sigma)[1]
        row |= {"effective_rank": lowrank.effective_rank(W), "stable_rank": lowrank.stable_rank(W)}
        if before is not None:
            change = W - before[name]
            row["before"] = lowrank.singular_values(before[name]).tolist()
            row["change"] = lowrank.singular_values(change).tolist()
            row["change_effective_rank"] = lowrank.effective_rank(change)
            row["change_energy_rank"] = lowrank.energy_rank(change, 0.9)
        rows.append(row)
    return rows


def truncation_curve(model, windows, ranks, names=None, cut=None):
    """[{rank, loss}]: the held-out loss with matrices of the blocks cut to a rank.

    names: of the matrices that are cut; None: all of the blocks. cut(name, W, rank) -> W_r; None: the best approximation. The
    weights are put back. A rank beyond a matrix's own leaves that matrix as it is.
    """
    cut = cut or (lambda name, W, rank: lowrank.truncate(W, rank))
    found = {name.removesuffix(".W"): p for name, p in model.named_parameters() if name.endswith(".W")}
    parameters = {name: p for name, p in found.items() if name.startswith("blocks.") and (names is None or name in names)}
    kept = {name: p.data.copy() for name, p in parameters.items()}
    curve = []
    try:
        for rank in ranks:
            for name, W in kept.items():
                parameters[name].data = cut(name, W, rank) if rank < min(W.shape) else W
            curve.append({"rank": rank, "loss": held_out_loss(model, windows)})
    finally:
        for name, p in parameters.items():
            p.data = kept[name]
    return curve


def powers_of_two(limit):
    """1, 2, 4, ... up to limit, and limit itself."""
    return sorted({2**i for i in range(int(math.log2(limit)) + 1)} | {limit})
