"""Training in a random subspace: the weights of some matrices move along d random directions, and nothing else learns.

    theta = theta_0 + P z,   dz = P^T g        projection:J2, J3 of minilora.lowrank, with the P of that seed

`lowrank.expand` and `lowrank.reduce` draw P anew in each call, which takes ten times as long as a step of this size; here it fits
into memory, and is drawn once.
"""

import math

import numpy as np

from minilora import backend
from minilora.adapters import match
from minilora.nn import Parameter


class RandomSubspace:
    """What a Trainer takes for a model: its one parameter is z, (d,), zero at first.

    model: a Transformer. targets: which of its matrices move. d: at most as many as they hold in all.
    """

    def __init__(self, model, targets, d, seed):
        self.model = model
        self.matrices = [layer.W for layer in match(model, targets).values()]
        for p in model.parameters():
            p.trainable = any(p is W for W in self.matrices)
        self.start = np.concatenate([backend.asnumpy(W.data).ravel() for W in self.matrices])
        self.directions = random_directions(d, len(self.start), seed, self.start.dtype)
        self.z = Parameter(np.zeros(d, self.start.dtype), name="z", decay=False)

    @property
    def shrinkage(self):
        """sqrt(D / d): a step of unit size in each of z's numbers is so much shorter than one in each of the weights."""
        return math.sqrt(len(self.start) / len(self.z.data))

    @property
    def training(self):
        return self.model.training

    def train(self):
        return self.model.train() and self

    def eval(self):
        return self.model.eval() and self

    def named_parameters(self):
        return [("z", self.z)]

    def parameters(self):
        return [self.z]

    def zero_grad(self):
        self.model.zero_grad()
        self.z.zero_grad()

    def loss(self, *batch):
        theta = self.start + self.z.data @ self.directions
        ends = np.cumsum([W.data.size for W in self.matrices])[:-1]
        for W, part in zip(self.matrices, np.split(theta, ends), strict=True):
            W.data = part.reshape(W.data.shape)
        return self.model.loss(*batch)

    def backward(self):
        self.model.backward()
        self.z.accumulate(self.directions @ np.concatenate([W.grad.ravel() for W in self.matrices]))


def random_directions(d, D, seed, dtype):
    """P^T (d, D): the rows have length 1, and are those that `lowrank.expand` and `lowrank.reduce` draw from this seed."""
    rng = np.random.default_rng(seed)
    rows = np.empty((d, D), dtype)
    for row in rows:
        row[:] = rng.standard_normal(D)
        row /= np.linalg.norm(row)
    return rows
