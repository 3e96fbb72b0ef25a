"""Article D: a local part of the weights is drawn again at random before every batch; and methods that start anew and keep it.

    as described   before each batch w_local is drawn, normal(0, std); then all of w takes AdamW's step

What a local weight learns lasts for one step. In least squares, L = norm(w - w*)^2, the others cannot make up for it, so that
however long one trains the mean loss stays above

                   (D1)  L_floor = sum over local j  ((w*_j)^2 + std^2).

The neighbours draw directions again, and leave what was learned in W: ReLoRA merges first, GaLore and Flora project only the
step. A random subspace is drawn once: w = w_0 + P z, by J2 and J3 of projection (Li et al. 2018, arXiv 1804.08838), with the
sparse P of that paper: sqrt(D) entries +-D^(-1/4) in each column, D the number of weights, so a column's length is 1.
"""

import math

import numpy as np
from scipy import sparse

from minilora.adapters import LoRA, inject
from minilora.compress import matrices
from minilora.experiments.runs import count
from minilora.experiments.systems.contestant import Adapted, Contestant
from minilora.experiments.systems.study import Study
from minilora.nn.parameter import Parameter
from minilora.ops.linear import linear_backward, linear_forward
from minilora.ops.mse import mse_backward, mse_forward
from minilora.training import Adam, AdamW, Flora, GaLore, ReLoRAAdamW, jagged_cosine, warmup_cosine

SHARE = 0.25  # of each matrix's entries are local: the article names no layer, and so a share means the same in every one
STD = 0.02  # as the model's own weights are drawn
STRETCHES = 4  # of ReLoRA: the adapter is merged at the end of each
DRAWS = 8  # of GaLore's and Flora's projections
TOY = {"n_in": 40, "batch": 32, "steps": 800, "rate": 0.05, "std": 1.0}


def described(arena, rate, seed, steps):
    """A quarter of the entries of the blocks' matrices is local: in the end, as last drawn and one step further."""
    model, rng = arena.model(), np.random.default_rng(seed)
    optimizer = AdamW(model.parameters(), lr=rate)
    local = choose_local(matrices(model).values(), SHARE, rng)
    batches = redrawn(arena.batches(seed), local, STD, rng)
    return Adapted(model, optimizer, arena.train(model, optimizer, seed, steps, batches=batches))


def choose_local(parameters, share, rng):
    """[(Parameter, where its local entries are: booleans of its shape)], the share of each, at random."""
    return [(p, rng.permutation(p.data.size).reshape(p.data.shape) < share * p.data.size) for p in parameters]


def draw_local(local, std, rng):
    """New values for the local entries."""
    for p, where in local:
        p.data[where] = rng.normal(0, std, where.sum())


def redrawn(batches, local, std, rng):
    """The batches; before each one the local entries are drawn."""
    for batch in batches:
        draw_local(local, std, rng)
        yield batch


def relora(arena, rate, seed, steps):
    """LoRA, merged and started anew after each quarter of the steps. Kept are one pair of factors for each."""
    model, every = arena.model(), math.ceil(steps / STRETCHES)
    model.rng = np.random.default_rng(seed)  # of which each new A is drawn
    inject(model, LoRA(r=arena.setting.rank, alpha=2 * arena.setting.rank), rng=seed)
    optimizer = ReLoRAAdamW(model, rate, every)
    warmup = min(every, max(1, steps // 20))
    history = arena.train(model, optimizer, seed, steps, jagged_cosine(warmup, steps, every, warmup))
    return Adapted(model, optimizer, history, stored=math.ceil(steps / every) * count(model, trainable_only=True))


def galore(arena, rate, seed, steps):
    """Full tuning with Adam in the gradient's largest directions."""
    model = arena.model()
    return projected(arena, model, GaLore(model.parameters(), rate, arena.setting.rank, renewal(steps)), seed, steps)


def flora(arena, rate, seed, steps):
    """Full tuning with Adam in random directions."""
    model = arena.model()
    return projected(arena, model, Flora(model.parameters(), rate, arena.setting.rank, renewal(steps), rng=seed), seed, steps)


def projected(arena, model, optimizer, seed, steps):
    """Training by an optimiser that projects; dense matrices have to be kept."""
    return Adapted(model, optimizer, arena.train(model, optimizer, seed, steps))


def renewal(steps):
    """Steps from one projection to the next."""
    return max(10, steps // DRAWS)


def subspace(arena, rate, seed, steps):
    """The blocks' matrices along as many random directions as LoRA trains values. Kept are z and the seed."""
    model, lora = arena.model(), LoRA(r=arena.setting.rank)
    moved = list(matrices(model).values())
    for p in model.parameters():
        p.trainable = p in moved
    d = sum(lora.values(*p.data.shape) for p in moved)
    optimizer = SubspaceAdam(model.parameters(), rate, d, rng=seed)
    history = arena.train(model, optimizer, seed, steps)
    return Adapted(model, optimizer, history, stored=d, found={"trained_values": d})


class SubspaceAdam(Adam):
    """Adam on z for all trainable parameters together. d: how many directions. rng: an int, of which P is drawn.

    P is held here for speed; its seed would do, so it does not count as state.
    """

    flat_moments = ()

    def __init__(self, parameters, lr, d, rng):
        super().__init__(parameters, lr)
        flat = self.parameters.data
        self.P = random_directions(flat.size, d, np.random.default_rng(rng), flat.dtype)
        self.moments = {name: np.zeros(d, dtype=flat.dtype) for name in ("m", "v")}

    def sweep(self):
        dz = self.P.T @ self.parameters.grad
        step = np.empty_like(dz)
        self.advance(dz, self.moments["m"], self.moments["v"], self.lr, step)
        self.parameters.data -= self.P @ step

    def _named(self):
        return dict(self.moments)


def random_directions(D, d, rng, dtype):
    """P, a sparse (D, d): in each column sqrt(D) entries, places and signs at random."""
    k = round(math.sqrt(D))
    places, signs = rng.integers(0, D, size=(d, k)), rng.choice([-1.0, 1.0], size=(d, k))
    P = sparse.csc_array(((signs / math.sqrt(k)).ravel(), places.ravel(), np.arange(0, d * k + 1, k)), shape=(D, d))
    return P.tocsr().astype(dtype)


def least_squares(folder, seed, case, quick):
    """Least squares by the article's training, the share `case` of the weights local.

    A loss is the mean over a fifth of the steps: the last ones, or those just before half of them.
    """
    rng, n, steps, std = np.random.default_rng(seed), TOY["n_in"], TOY["steps"], TOY["std"]
    true, w = rng.standard_normal((1, n)), Parameter(rng.normal(0, std, (1, n)))
    optimizer, schedule = AdamW([w], lr=TOY["rate"], weight_decay=0.0), warmup_cosine(steps // 20, steps)
    chosen = choose_local([w], float(case), rng)
    losses = []
    for step in range(steps):
        draw_local(chosen, std, rng)
        losses.append(float(((w.data - true) ** 2).sum()))  # over all inputs, not those of a batch
        x = rng.standard_normal((TOY["batch"], n))
        y, linear = linear_forward(x, w.data)
        _, mse = mse_forward(y, x @ true.T)
        optimizer.zero_grad()
        _, dw, _ = linear_backward(mse_backward(1.0, mse, {"prediction"})[0], linear, {"W"})
        w.accumulate(dw)
        optimizer.lr = TOY["rate"] * schedule(step)
        optimizer.step()
    floor = sum(loss_floor(true, where, std) for _, where in chosen)
    fifth = steps // 5
    halfway = np.mean(losses[steps // 2 - fifth : steps // 2])
    return {"loss": float(np.mean(losses[-fifth:])), "loss_halfway": float(halfway), "floor": floor}


def loss_floor(true, local, std):
    """L_floor, a Python float. true: w*, the weights that make no error. local: booleans of its shape. std: of the draws."""
    return float((true[local] ** 2 + std**2).sum())  # (D1)


CONTESTANTS = (
    Contestant("d-described", "D as described: a quarter local", "D", True, described, 2e-3),
    Contestant("relora", "ReLoRA, 4 stretches", "D", False, relora, 1e-2),
    Contestant("galore", "GaLore", "D", False, galore, 1e-2),
    Contestant("flora", "Flora", "D", False, flora, 1e-2),
    Contestant("subspace", "random subspace", "D", False, subspace, 1e-2),
)
STUDIES = (Study("local", "least squares with a local part", "D", least_squares, ("0", "0.1", "0.25", "0.5", "0.75", "0.9")),)
