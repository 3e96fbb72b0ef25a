"""Article E's neighbour: iterative hard thresholding as it is published, with a projection at every step of plain descent.

    W: a matrix of the blocks   G = dL/dW, clipped as everybody's is   r: the bound on its rank   eta: the rate

    (I1)  W = (W - eta G)_r,  the best approximation of rank r

Blumensath & Davies 2009 for sparse vectors; Jain, Meka & Dhillon 2010 for matrices of low rank. What is not a matrix of the
blocks learns by the same descent, without a projection. Rank r holds from the first step on, so that one begins near the base's
truncation. The theorems are about linear measurements with a restricted isometry; a language model's loss promises none.
"""

from minilora import lowrank
from minilora.compress import matrices
from minilora.experiments.runs import count
from minilora.experiments.systems.contestant import Adapted, Contestant
from minilora.experiments.systems.rank_constraint import RANK
from minilora.training import SGD


def thresholded_step(W, G, eta, r):
    """One step for one matrix W (m, n) with gradient G (m, n): of rank r at most, 1 <= r <= min(m, n)."""
    return lowrank.truncate(W - eta * G, r)  # (I1)


class HardThresholding(SGD):
    """SGD that truncates the matrices, Parameters among those it trains, to rank r after every step (I1)."""

    def __init__(self, parameters, lr, matrices, r):
        super().__init__(parameters, lr)
        self.matrices, self.r = matrices, r

    def after_sweep(self):
        for p in self.matrices:
            p.data = lowrank.truncate(p.data, self.r)  # (I1)


def iht(arena, rate, seed, steps):
    """Every parameter learns. Kept are the matrices' factors, and all other parameters."""
    model = arena.model()
    projected = list(matrices(model).values())
    optimizer = HardThresholding(model.parameters(), rate, projected, RANK)
    history = arena.train(model, optimizer, seed, steps)
    stored = count(model) - sum(p.data.size - RANK * sum(p.data.shape) for p in projected)
    return Adapted(model, optimizer, history, stored, {"constraint_rank": RANK})


CONTESTANTS = (Contestant("iht", "iterative hard thresholding, rank 16", "E", False, iht, 0.3),)
STUDIES = ()
