"""The LoRA family's pairs against PyTorch's autograd on the explicit Delta W, in float64."""

import numpy as np
import pytest

from minilora.ops import dora_backward, dora_forward, registry

torch = pytest.importorskip("torch")
linear = torch.nn.functional.linear

LESSONS = ("20", "21")


def dropped(x, keep, p):
    return x * keep / (1 - p)


def dora(y0, x, W, A, B, m, s, detached):
    length = torch.linalg.vector_norm(W + s * B @ A, dim=1)
    return m / (length.detach() if detached else length) * (y0 + s * linear(x, B @ A))


def svft(x, U, V, M, row, col, s):
    k = U.shape[1]
    M_full = torch.zeros(k, k, dtype=M.dtype).index_put((row, col), M)
    return linear(x, s * U @ M_full @ V.T)


def orthogonality(P, Q, gamma):
    identity = torch.eye(len(Q), dtype=P.dtype)
    return gamma * (torch.linalg.matrix_norm(P.T @ P - identity) ** 2 + torch.linalg.matrix_norm(Q @ Q.T - identity) ** 2)


THERE = {
    "dora": dora,
    "lora_embedding": lambda ids, A, B, s: torch.nn.functional.embedding(ids, s * (B @ A).T),
    "adalora": lambda x, P, lam, Q, keep, s, p: linear(dropped(x, keep, p), s * P @ torch.diag(lam) @ Q),
    "vera": lambda x, A, B, d, b, keep, s, p: linear(dropped(x, keep, p), s * torch.diag(b) @ B @ torch.diag(d) @ A),
    "lora_xs": lambda x, A, B, R, keep, s, p: linear(dropped(x, keep, p), s * B @ R @ A),
    "svft": svft,
    "loha": lambda x, A1, B1, A2, B2, keep, s, p: linear(dropped(x, keep, p), s * (B1 @ A1) * (B2 @ A2)),
    "lokr": lambda x, C, D, keep, s, p: linear(dropped(x, keep, p), s * torch.kron(C, D)),
    "orthogonality": orthogonality,
}


def close(got, expected, name):
    """Relative to the largest entry: at 1e-9, and an entry that is a small difference of large ones is not held to more."""
    expected = expected.detach().numpy()
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12 * max(np.abs(expected).max(), 1), err_msg=name)


def test_every_op_of_the_family_has_its_counterpart():
    assert {name for name, op in registry.items() if op.lesson in LESSONS} == set(THERE)


@pytest.mark.parametrize("factor", [1, 3])
@pytest.mark.parametrize("name", THERE)
def test_value_and_gradients(name, factor):
    op, rng = registry[name], np.random.default_rng(7)
    inputs = op.make_inputs(rng, **{size: factor * default for size, default in op.sizes.items()})
    there = {key: torch.tensor(a, requires_grad=a.dtype.kind == "f") for key, a in inputs.items()}
    expected = THERE[name](**there, **op.constants)
    y, cache = op.forward(**inputs, **op.constants)
    close(y, expected, "y")
    dy = np.asarray(rng.standard_normal(y.shape))
    expected.backward(torch.tensor(dy))
    floats = [key for key, a in inputs.items() if a.dtype.kind == "f"]
    for key, gradient in zip(floats, op.backward(dy, cache), strict=True):
        close(gradient, there[key].grad, f"d{key}")


@pytest.mark.parametrize("detached", [False, True])
def test_dora_as_a_layer(detached):
    """With y0 = x W^T, the op and the layer together give the gradients of x (m V / n)^T."""
    inputs = registry["dora"].make_inputs(np.random.default_rng(3))
    x, W, A, B, m = (inputs[name] for name in ("x", "W", "A", "B", "m"))
    there = [torch.tensor(a, requires_grad=True) for a in (x, W, A, B, m)]
    V = there[1] + 1.4 * there[3] @ there[2]
    length = torch.linalg.vector_norm(V, dim=1)
    expected = linear(there[0], (there[4] / (length.detach() if detached else length))[:, None] * V)
    y, cache = dora_forward(x @ W.T, x, W, A, B, m, s=1.4, detached=detached)
    close(y, expected, "y")
    dy = np.random.default_rng(4).standard_normal(y.shape)
    expected.backward(torch.tensor(dy))
    dy0, dx, dW, dA, dB, dm = dora_backward(dy, cache)
    dx, dW = dx + dy0 @ W, dW + np.einsum("nto,nti->oi", dy0, x)
    for name, gradient, a in zip("xWABm", (dx, dW, dA, dB, dm), there, strict=True):
        close(gradient, a.grad, f"d{name}")
