"""Each op against PyTorch's functional form and its autograd, in float64."""

import inspect
import math

import numpy as np
import pytest

from minilora.ops import registry
from minilora.quantize import NF4_LEVELS

torch = pytest.importorskip("torch")
F = torch.nn.functional


def rope(x, positions, base, interleaved):
    D = x.shape[-1]
    angle = positions[:, None] * base ** (-torch.arange(0, D, 2, dtype=torch.float64) / D)
    if interleaved:
        points = torch.view_as_complex(x.unflatten(-1, (D // 2, 2)))
        return torch.view_as_real(points * torch.polar(torch.ones_like(angle), angle)).flatten(-2)
    rotated = torch.cat([-x[..., D // 2 :], x[..., : D // 2]], dim=-1)
    return x * angle.cos().repeat(1, 2) + rotated * angle.sin().repeat(1, 2)


def attention(q, k, v, mask=None, keep=None, causal=True, p=0.0):
    T, S = q.shape[2], k.shape[2]
    visible = torch.ones(T, S, dtype=torch.bool).tril(S - T) if causal else torch.ones(T, S, dtype=torch.bool)
    if mask is not None:
        visible = visible & mask[:, None, None, :]
    if keep is None:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=visible, enable_gqa=True)
    P = (q @ k.mT / math.sqrt(q.shape[-1])).masked_fill(~visible, -torch.inf).softmax(dim=-1)
    return (P * keep / (1 - p)) @ v


def kl_divergence(student, teacher, tau):
    log_s, log_t = F.log_softmax(student / tau, dim=-1), F.log_softmax(teacher / tau, dim=-1)
    return tau**2 * F.kl_div(log_s.flatten(0, -2), log_t.flatten(0, -2), reduction="batchmean", log_target=True)


def cross_entropy(logits, targets, ignore_index):
    return F.cross_entropy(logits.flatten(0, -2), targets.flatten(), ignore_index=ignore_index)


def shifted_cross_entropy(logits, targets, eps, ignore_index):
    counts = targets != ignore_index
    p = logits[counts].softmax(dim=-1).gather(-1, targets[counts].unsqueeze(-1))
    return -(p + eps).clamp(max=1).log().mean()


def lora(x, A, B, keep, s, p):
    return s * F.linear(F.linear(x * keep / (1 - p), A), B)


def layernorm(x, gamma, beta, eps):
    return F.layer_norm(x, gamma.shape, gamma, beta, eps)


def gelu_tanh(x):
    return F.gelu(x, approximate="tanh")


def quantized_linear(x, codes, scales, offsets, b, block):
    n_in = x.shape[-1]
    codes = torch.stack([codes >> 4, codes & 15], dim=-1).flatten(-2)[:, :n_in]
    levels = torch.tensor(NF4_LEVELS, dtype=x.dtype)[codes.long()]
    scales, offsets = (a.repeat_interleave(block, dim=1)[:, :n_in] for a in (scales, offsets))
    return F.linear(x, scales * levels + offsets, b)


THERE = {
    "linear": lambda x, W, b: F.linear(x, W, b),
    "quantized_linear": quantized_linear,
    "embedding": lambda ids, W: F.embedding(ids, W),
    "layernorm": layernorm,
    "layernorm_steps": layernorm,
    "rmsnorm": lambda x, gamma, eps: F.rms_norm(x, gamma.shape, gamma, eps),
    "relu": lambda x: F.relu(x),
    "gelu_tanh": gelu_tanh,
    "gelu_tanh_steps": gelu_tanh,
    "gelu_erf": lambda x: F.gelu(x),
    "silu": lambda x: F.silu(x),
    "swiglu": lambda gate, up: F.silu(gate) * up,
    "softmax": lambda x: x.softmax(dim=-1),
    "cross_entropy": cross_entropy,
    "cross_entropy_peaked": cross_entropy,
    "cross_entropy_steps": cross_entropy,
    "shifted_cross_entropy": shifted_cross_entropy,
    "kl_divergence": kl_divergence,
    "mse": lambda prediction, target: F.mse_loss(prediction, target),
    "l1_penalty": lambda W, lam: lam * W.abs().sum(),
    "l2_penalty": lambda W, lam: lam / 2 * W.square().sum(),
    "dropout": lambda x, keep, p: x * keep / (1 - p),
    "mean_pool": lambda x, mask: torch.stack([row[seen].mean(dim=0) for row, seen in zip(x, mask, strict=True)]),
    "pick": lambda x, index: x[torch.arange(len(x)), index],
    "lora": lora,
    "rope": rope,
    "rope_interleaved": rope,
    "attention": attention,
    "attention_bidirectional": attention,
}


def test_every_op_has_its_counterpart():
    """The LoRA family's, of lessons 20 and 21, stand in test_adapter_ops_torch.py."""
    assert {name for name, op in registry.items() if op.lesson not in ("20", "21")} == set(THERE)


def sizes(op, factor):
    """The op's own sizes, each made larger; one that must be even, or a multiple of another, stays so."""
    own = {k: p.default for k, p in inspect.signature(op.make_inputs).parameters.items() if isinstance(p.default, int)}
    return {name: factor * size for name, size in own.items()}


@pytest.mark.parametrize("factor", [1, 3])
@pytest.mark.parametrize("name", THERE)
def test_value_and_gradients(name, factor):
    op, rng = registry[name], np.random.default_rng(7)
    inputs = op.make_inputs(rng, **sizes(op, factor))
    there = {key: torch.tensor(a, requires_grad=a.dtype.kind == "f") for key, a in inputs.items()}
    expected = THERE[name](**there, **op.constants)
    y, cache = op.forward(**inputs, **op.constants)
    np.testing.assert_allclose(y, expected.detach().numpy(), rtol=1e-10, atol=1e-12)
    dy = rng.standard_normal(y.shape)
    expected.backward(torch.tensor(dy))
    floats = [key for key, a in inputs.items() if a.dtype.kind == "f"]
    for key, gradient in zip(floats, op.backward(dy, cache), strict=True):
        np.testing.assert_allclose(gradient, there[key].grad.numpy(), rtol=1e-10, atol=1e-11, err_msg=f"d{key}")


def test_a_query_without_a_key_and_the_kinks():
    """Where conventions could differ, they are PyTorch's."""
    rng = np.random.default_rng(0)
    q, k, v, dy = rng.standard_normal((4, 1, 2, 3, 5))
    mask = np.array([[False, False, True]])
    there = [torch.tensor(a, requires_grad=True) for a in (q, k, v)]
    expected = attention(*there, torch.tensor(mask))
    y, cache = registry["attention"].forward(q, k, v, mask)
    np.testing.assert_allclose(y, expected.detach().numpy(), atol=1e-14)
    expected.backward(torch.tensor(dy))
    for gradient, a in zip(registry["attention"].backward(dy, cache), there, strict=True):
        np.testing.assert_allclose(gradient, a.grad.numpy(), atol=1e-14)
    x = torch.tensor([-1.0, 0.0, 1.0], requires_grad=True)
    (F.relu(x) + x.abs()).sum().backward()
    relu, l1 = registry["relu"], registry["l1_penalty"]
    (from_relu,) = relu.backward(np.ones(3), relu.forward(x.detach().numpy())[1])
    (from_l1,) = l1.backward(1.0, l1.forward(x.detach().numpy(), lam=1.0)[1])
    np.testing.assert_array_equal(from_relu + from_l1, x.grad.numpy())
