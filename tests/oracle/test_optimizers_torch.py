"""SGD, Adam and AdamW against PyTorch's, step by step in float64."""

import numpy as np
import pytest

from minilora.nn.parameter import Parameter
from minilora.training import SGD, Adam, AdamW, clip_gradients

torch = pytest.importorskip("torch")

SHAPES = {"W": (4, 7), "b": (4,), "V": (2, 3, 5)}


def torch_adamw(ps, **settings):
    """PyTorch decays everything unless told otherwise."""
    weight_decay = settings.pop("weight_decay")
    matrices, vectors = [p for p in ps if p.ndim > 1], [p for p in ps if p.ndim == 1]
    groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, **settings)


CASES = {
    "sgd": (SGD, torch.optim.SGD, {"lr": 0.07}),
    "momentum": (SGD, torch.optim.SGD, {"lr": 0.07, "momentum": 0.9}),
    "adam": (Adam, torch.optim.Adam, {"lr": 0.02}),
    "adam, its settings": (Adam, torch.optim.Adam, {"lr": 0.02, "betas": (0.7, 0.95), "eps": 1e-2}),
    "adamw": (AdamW, torch_adamw, {"lr": 0.02, "weight_decay": 0.2}),
}


def make_pair(rng):
    parameters = [Parameter(rng.standard_normal(shape), name=name) for name, shape in SHAPES.items()]
    return parameters, [torch.nn.Parameter(torch.tensor(p.data.copy())) for p in parameters]


def give_gradients(parameters, tensors, rng):
    for p, tensor in zip(parameters, tensors, strict=True):
        g = rng.standard_normal(p.data.shape)
        p.accumulate(g)
        tensor.grad = torch.tensor(g)


@pytest.mark.parametrize("case", CASES)
def test_steps_equal(case):
    ours, theirs, settings = CASES[case]
    rng = np.random.default_rng(0)
    parameters, tensors = make_pair(rng)
    optimizer, reference = ours(parameters, **settings), theirs(tensors, **settings)
    for step in range(7):
        optimizer.zero_grad()
        give_gradients(parameters, tensors, rng)
        optimizer.step()
        reference.step()
        for p, tensor in zip(parameters, tensors, strict=True):
            message = f"{p.name}, step {step}"
            np.testing.assert_allclose(p.data, tensor.detach().numpy(), rtol=1e-12, atol=1e-12, err_msg=message)


def test_clipping_equal():
    rng = np.random.default_rng(1)
    parameters, tensors = make_pair(rng)
    give_gradients(parameters, tensors, rng)
    assert clip_gradients(parameters, 2.0) == pytest.approx(torch.nn.utils.clip_grad_norm_(tensors, 2.0).item(), rel=1e-12)
    for p, tensor in zip(parameters, tensors, strict=True):
        np.testing.assert_allclose(p.grad, tensor.grad.numpy(), rtol=1e-6)  # PyTorch divides by |g| + 1e-6
