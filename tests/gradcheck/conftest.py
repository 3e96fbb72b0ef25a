"""Small correct pairs, and a layer, that the tests of the checker break in many ways."""

from types import SimpleNamespace

import numpy as np
import pytest

from minilora.nn.parameter import Parameter


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def layernorm_forward(x, gamma, beta, eps=1e-5):
    centered = x - x.mean(axis=-1, keepdims=True)
    sigma = np.sqrt((centered * centered).mean(axis=-1, keepdims=True) + eps)
    xhat = centered / sigma
    return xhat * gamma + beta, (xhat, sigma, gamma)


def layernorm_backward(dy, cache):
    xhat, sigma, gamma = cache
    dxhat = dy * gamma
    dx = (dxhat - dxhat.mean(axis=-1, keepdims=True) - xhat * (dxhat * xhat).mean(axis=-1, keepdims=True)) / sigma
    over = tuple(range(dy.ndim - 1))
    return dx, (dy * xhat).sum(axis=over), dy.sum(axis=over)


def attention_forward(q, k, v):
    P = softmax(q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1]))
    return P @ v, (q, k, v, P)


def attention_backward(dy, cache):
    q, k, v, P = cache
    dP = dy @ v.swapaxes(-1, -2)
    dS = P * (dP - (dP * P).sum(axis=-1, keepdims=True)) / np.sqrt(q.shape[-1])
    return dS @ k, dS.swapaxes(-1, -2) @ q, P.swapaxes(-1, -2) @ dy


class Dense:
    """y = tanh(x W^T + b)."""

    def __init__(self, rng, n_in=3, n_out=4, dtype=np.float64):
        self.W = Parameter(rng.standard_normal((n_out, n_in)).astype(dtype), name="W")
        self.b = Parameter(rng.standard_normal(n_out).astype(dtype), name="b")

    def named_parameters(self):
        yield "W", self.W
        yield "b", self.b

    def zero_grad(self):
        self.W.zero_grad()
        self.b.zero_grad()

    def forward(self, x):
        self.x, self.y = x, np.tanh(x @ self.W.data.T + self.b.data)
        return self.y

    def backward(self, dy):
        dz = dy * (1 - self.y * self.y)
        self.W.accumulate(dz.T @ self.x)
        self.b.accumulate(dz.sum(axis=0))
        return dz @ self.W.data


def _layernorm_inputs(rng, *shape):
    C = shape[-1]
    return {"x": rng.standard_normal(shape), "gamma": rng.standard_normal(C), "beta": rng.standard_normal(C)}


def _attention_inputs(rng, N, T, S, D):
    shapes = {"q": (N, T, D), "k": (N, S, D), "v": (N, S, D)}
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


@pytest.fixture
def layernorm():
    return SimpleNamespace(forward=layernorm_forward, backward=layernorm_backward, inputs=_layernorm_inputs)


@pytest.fixture
def attention():
    return SimpleNamespace(forward=attention_forward, backward=attention_backward, inputs=_attention_inputs)


@pytest.fixture
def replace():
    """replace(backward, place, change) is backward with `change` applied to one of its gradients."""

    def make(backward, place, change):
        def wrong(dy, cache):
            gradients = list(backward(dy, cache))
            gradients[place] = change(gradients[place])
            return tuple(gradients)

        return wrong

    return make


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def causes():
    """The (cause, input) of each finding of a report, as strings."""
    return lambda report: [(str(finding.cause), finding.input) for finding in report.findings]


@pytest.fixture
def dense():
    """The class Dense, to make layers of and to break."""
    return Dense


@pytest.fixture
def weights():
    """weights(owner) is a copy of its parameters' values, by name."""
    return lambda owner: {name: p.data.copy() for name, p in owner.named_parameters()}
