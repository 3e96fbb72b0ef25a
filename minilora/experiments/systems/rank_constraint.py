"""Article E: the weights' own rank is bounded, by steps and projections in turn; and the layers of low rank it should have been.

    as described   after every K-th step, and at the end, W = W_r, the best approximation of rank r (truncation:S2)
    factorised     W' = B A, both trained, with B A = W_r at the start (truncation:S5)      Burer & Monteiro 2003

The first is after iterative hard thresholding, which projects each step of gradient descent. The second is within the bound at
every step, and its start may mind what inputs the layer gets.

LoRA bounds the rank of Delta W, not of W: rank(W) - r <= rank(W + Delta W), with equality only if Delta W cancels r directions
of W.
"""

from dataclasses import dataclass
from statistics import fmean, median

import numpy as np

from minilora import lowrank
from minilora.adapters import LoRA
from minilora.adapters.lora import LoRAAdapter
from minilora.compress import matrices
from minilora.experiments.runs import count
from minilora.experiments.systems.arena import Arena
from minilora.experiments.systems.contestant import Adapted, Contestant, dense
from minilora.experiments.systems.in_place import InPlaceOfW
from minilora.experiments.systems.references import CONTESTANTS as REFERENCES
from minilora.experiments.systems.references import with_adapter
from minilora.experiments.systems.study import Study
from minilora.training import AdamW

RANK = 16
EVERY = 10


def described(arena, rate, seed, steps):
    """Every parameter learns, and the blocks' matrices are projected. Kept are their factors, and all other parameters."""
    model = arena.model()
    projected = list(matrices(model).values())
    optimizer = ProjectingAdamW(model.parameters(), rate, projected, RANK, EVERY)
    history = arena.train(model, optimizer, seed, steps)
    optimizer.project()
    stored = count(model) - sum(p.data.size - RANK * sum(p.data.shape) for p in projected)
    seconds = [row["seconds"] for row in history]
    rounds = [fmean(seconds[at : at + EVERY]) for at in range(0, steps, EVERY)]  # a median over steps would miss the projections
    found = {"constraint_rank": RANK, "milliseconds_per_step": 1000 * median(rounds)}
    return Adapted(model, optimizer, history, stored, found)


class ProjectingAdamW(AdamW):
    """AdamW that truncates the matrices, Parameters among those it trains, to rank r after every `every` steps."""

    def __init__(self, parameters, lr, matrices, r, every):
        super().__init__(parameters, lr)
        self.matrices, self.r, self.every = matrices, r, every

    def after_sweep(self):
        if self.steps % self.every == 0:
            self.project()

    def project(self):
        """W = W_r for each matrix; AdamW's moments stay as they are."""
        for p in self.matrices:
            p.data = lowrank.truncate(p.data, self.r)


class FactorisedAdapter(InPlaceOfW, LoRAAdapter):
    """LoRA's path, and nothing beside it."""

    kind = "factorised"


@dataclass(frozen=True)
class Factorised(LoRA):
    """W' = B A of rank r, from the truncation W_r = U S V^T:  A = sqrt(S) V^T,  B = U sqrt(S)."""

    r: int = RANK

    method = "factorised"
    formula, initial, scaling = "B A - W", "B A = W_r", "1"
    adapter = FactorisedAdapter
    additive = False
    on_embeddings = False

    @property
    def scale(self):
        return 1.0

    def nearest(self, W, evidence):
        """What is to be factorised, at rank r."""
        return W

    def start(self, layer, rng, evidence=None):
        A, B = lowrank.factors(self.nearest(layer.W.data, evidence), self.r)
        return {"A": A, "B": B}


@dataclass(frozen=True)
class ActivationFactorised(Factorised):
    """The same from the W_r whose outputs are nearest to W's on the inputs X of a first batch."""

    method = "activation-factorised"
    initial = "B A = W_r, nearest in X W^T"
    evidence = "inputs"

    def nearest(self, W, evidence):
        return lowrank.activation_truncate(W, self.r, evidence.T @ evidence)


def factorised(arena, rate, seed, steps):
    """From the plain truncation."""
    return with_adapter(arena, Factorised(), rate, seed, steps)


def activation(arena, rate, seed, steps):
    """From the truncation that minds the inputs."""
    return with_adapter(arena, ActivationFactorised(), rate, seed, steps, batch=True)


def rank_of_sum(folder, seed, case, quick):
    """Ranks before and after, means over the blocks' matrices: of the base for "lora", of random ones of its shapes else.

    generic: Delta W = B A is random. lora: Delta W is what LoRA learned on the base. cancelling: Delta W = -W_r.
    """
    arena, rng = Arena(folder), np.random.default_rng(seed)
    r, before = arena.setting.rank, dense(arena.model())
    if case == "lora":
        lora = next(c for c in REFERENCES if c.name == "lora")
        after = dense(lora.adapt(arena, lora.rate, seed, max(1, arena.setting.steps // 10)).model)
    else:
        before = {name: rng.standard_normal(W.shape) for name, W in before.items()}
        after = {name: W + change(W, r, case, rng) for name, W in before.items()}
    rank_W, rank_sum = (fmean(int(np.linalg.matrix_rank(W)) for W in matrices.values()) for matrices in (before, after))
    return {"rank_W": rank_W, "rank_sum": rank_sum, "lower_bound": rank_W - r}


def change(W, r, case, rng):
    """Delta W of rank r."""
    if case == "cancelling":
        return -lowrank.truncate(W, r)
    return rng.standard_normal((W.shape[0], r)) @ rng.standard_normal((r, W.shape[1]))


def matrix(folder, seed, case, quick):
    """The matrix 1..9, which two of the articles decompose: three singular values whose squares have to add up to 285."""
    W = np.arange(1.0, 10.0).reshape(3, 3)
    sigma = lowrank.singular_values(W)
    return {f"sigma_{i}": float(value) for i, value in enumerate(sigma, 1)} | {
        "rank": int(np.linalg.matrix_rank(W)),
        "sum_of_squares": float((W * W).sum()),
        "article_b_sum": float(sum(value**2 for value in (3, 2, 1))),
        "article_e_sum": float(sum(value**2 for value in (9, 3, 1))),
        "error_rank_2": float(np.linalg.norm(W - lowrank.truncate(W, 2))),
    }


CONTESTANTS = (
    Contestant("e-described", "E as described: project to rank 16", "E", True, described, 2e-3),
    Contestant("e-factorised", "factorised layers, rank 16", "E", False, factorised, 5e-3),
    Contestant("e-activation", "the same, activation-aware start", "E", False, activation, 5e-3),
)
STUDIES = (
    Study("rank_of_sum", "rank of W + Delta W", "E", rank_of_sum, ("generic", "lora", "cancelling")),
    Study("matrix", "the matrix 1..9", "E", matrix, ("numbers",), seeds=False),
)
