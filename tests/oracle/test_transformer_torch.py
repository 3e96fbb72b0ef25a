"""The presets against a PyTorch twin written by hand on the same weights: logits, loss, every gradient, greedy text, LoRA."""


import numpy as np
import pytest

from minilora.adapters import LoRA, adapters_of, inject, merge
from minilora.nn import Transformer, TransformerConfig, generate

torch = pytest.importorskip("torch")
F = torch.nn.functional

SIZES = {"vocab_size": 31, "block_size": 12, "n_layers": 3, "d_model": 24, "n_heads": 4, "n_kv_heads": 2, "d_mlp": 40}
MODELS = {
    "gpt": ("tiny-gpt", {"n_kv_heads": 4}),
    "gpt, fused, untied, relu": ("tiny-gpt", {"fused_qkv": True, "tied": False, "mlp": "relu"}),
    "llama": ("tiny-llama", {}),
    "llama, neighbours turned": ("tiny-llama", {"rope_interleaved": True, "rope_base": 500.0}),
    "bert": ("tiny-bert", {"n_kv_heads": 4}),
}
models = pytest.mark.parametrize("model", MODELS)


class Twin:
    """The same function of the same parameters, by PyTorch's own operations; lora: {layer: (A, B, s)}."""

    def __init__(self, config, parameters, lora=None):
        self.c, self.p, self.lora = config, parameters, lora or {}

    def linear(self, name, x):
        y = F.linear(x, self.p[f"{name}.W"], self.p.get(f"{name}.b"))
        if name in self.lora:
            A, B, s = self.lora[name]
            y = y + s * F.linear(F.linear(x, A), B)
        return y

    def norm(self, name, x):
        gamma, beta = self.p[f"{name}.gamma"], self.p.get(f"{name}.beta")
        if self.c.norm == "rmsnorm":
            return F.rms_norm(x, gamma.shape, gamma, self.c.norm_eps)
        return F.layer_norm(x, gamma.shape, gamma, beta, self.c.norm_eps)

    def turn(self, x):
        """Rotary positions, by complex numbers."""
        if self.c.position != "rope":
            return x
        T, D = x.shape[-2:]
        angle = torch.outer(torch.arange(T, dtype=x.dtype), self.c.rope_base ** (-torch.arange(0, D, 2, dtype=x.dtype) / D))
        turn = torch.polar(torch.ones_like(angle), angle)
        if self.c.rope_interleaved:
            return torch.view_as_real(torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous()) * turn).flatten(-2)
        z = torch.complex(x[..., : D // 2], x[..., D // 2 :]) * turn
        return torch.cat([z.real, z.imag], dim=-1)

    def attention(self, name, x, mask):
        H, K, D = self.c.n_heads, self.c.n_kv_heads, self.c.d_head
        if self.c.fused_qkv:
            q, k, v = self.linear(f"{name}.qkv", x).split([H * D, K * D, K * D], dim=-1)
        else:
            q, k, v = (self.linear(f"{name}.{part}", x) for part in "qkv")
        q, k, v = (part.unflatten(-1, (-1, D)).transpose(1, 2) for part in (q, k, v))
        T = x.shape[1]
        visible = torch.ones(T, T, dtype=torch.bool)
        visible = (visible.tril() if self.c.causal else visible) & mask[:, None, None, :]
        y = F.scaled_dot_product_attention(self.turn(q), self.turn(k), v, attn_mask=visible, enable_gqa=True)
        return self.linear(f"{name}.o", y.transpose(1, 2).flatten(-2))

    def mlp(self, name, x):
        up = self.linear(f"{name}.up", x)
        if self.c.mlp == "swiglu":
            return self.linear(f"{name}.down", F.silu(self.linear(f"{name}.gate", x)) * up)
        act = {"relu": F.relu, "gelu_erf": F.gelu, "gelu_tanh": lambda u: F.gelu(u, approximate="tanh")}[self.c.mlp]
        return self.linear(f"{name}.down", act(up))

    def logits(self, ids, mask):
        x = self.p["embed.W"][ids]
        if self.c.position == "learned":
            x = x + self.p["position.W"][: ids.shape[1]]
        if self.c.n_token_types:
            x = x + self.p["token_types.W"][0]
        if self.c.embed_norm:
            x = self.norm("embed_norm", x)
        for i in range(self.c.n_layers):
            b = f"blocks.{i}"
            if self.c.norm_first:
                x = x + self.attention(f"{b}.attn", self.norm(f"{b}.norm1", x), mask)
                x = x + self.mlp(f"{b}.mlp", self.norm(f"{b}.norm2", x))
            else:
                x = self.norm(f"{b}.norm1", x + self.attention(f"{b}.attn", x, mask))
                x = self.norm(f"{b}.norm2", x + self.mlp(f"{b}.mlp", x))
        if self.c.norm_first:
            x = self.norm("norm", x)
        return F.linear(x, self.p.get("head.W", self.p["embed.W"]))


def build(model):
    """A model in float64 with weights of order one."""
    preset, fields = MODELS[model]
    model = Transformer(TransformerConfig.preset(preset, **(SIZES | fields)), rng=0, dtype="float64")
    draw = np.random.default_rng(1)
    for name, p in model.named_parameters():
        p.data = draw.standard_normal(p.data.shape) * 0.4 + ("gamma" in name)
    return model


def twin_of(model, grad=True):
    return Twin(model.config, {name: torch.tensor(p.data, requires_grad=grad) for name, p in model.named_parameters()})


def batch(padding):
    rng = np.random.default_rng(2)
    ids, targets = rng.integers(0, 31, (2, 3, 10))
    mask = np.ones((3, 10), dtype=bool)
    if padding:
        mask[0, 7:], mask[2, 4:] = False, False
        targets[~mask] = -100
    return ids, targets, mask


def close(here, there, name=""):
    np.testing.assert_allclose(here, there.detach().numpy(), rtol=1e-9, atol=1e-10, err_msg=name)


@models
@pytest.mark.parametrize("padding", [False, True])
def test_logits_loss_and_every_gradient(model, padding):
    model = build(model)
    twin = twin_of(model)
    ids, targets, mask = batch(padding)
    expected = twin.logits(torch.tensor(ids), torch.tensor(mask))
    close(model.forward(ids, mask), expected)
    loss = F.cross_entropy(expected.flatten(0, 1), torch.tensor(targets).flatten())
    np.testing.assert_allclose(model.loss(ids, targets, mask), loss.item(), rtol=1e-12)
    loss.backward()
    model.backward()
    for name, p in model.named_parameters():
        close(p.grad, twin.p[name].grad, name)


@pytest.mark.parametrize("model", [name for name in MODELS if name != "bert"])
def test_greedy_text(model):
    model = build(model)
    twin = twin_of(model, grad=False)
    ids = torch.tensor(batch(False)[0][:, :4])
    for _ in range(20):  # far past the block of 12
        window = ids[:, -12:]
        chosen = twin.logits(window, torch.ones_like(window, dtype=torch.bool))[:, -1].argmax(dim=-1)
        ids = torch.cat([ids, chosen[:, None]], dim=1)
    assert np.array_equal(generate(model, ids[:, :4].numpy(), 20, temperature=0), ids.numpy())


@models
def test_lora(model):
    """Logits and the gradients of A and B against autograd; then the merged model."""
    model = build(model)
    layers = inject(model, LoRA(r=3, alpha=5), ("blocks.*", "head"))
    draw = np.random.default_rng(3)
    for *_, adapter in adapters_of(model):
        adapter.B.data = 0.3 * draw.standard_normal(adapter.B.data.shape)
    factors = {
        layer: (*(torch.tensor(p.data, requires_grad=True) for p in (adapter.A, adapter.B)), 5 / 3)
        for layer, _, _, adapter in adapters_of(model)
        if layer != "head"
    }
    twin = Twin(model.config, twin_of(model, grad=False).p, factors)
    A, B = (torch.tensor(p.data, requires_grad=True) for p in model.head.adapters["default"].parameters())
    head = "head.W" if "head.W" in twin.p else "embed.W"
    twin.p["head.W"] = twin.p[head] + 5 / 3 * B @ A
    ids, targets, mask = batch(True)
    expected = twin.logits(torch.tensor(ids), torch.tensor(mask))
    close(model.forward(ids, mask), expected)
    F.cross_entropy(expected.flatten(0, 1), torch.tensor(targets).flatten()).backward()
    model.loss(ids, targets, mask)
    model.backward()
    factors["head"] = (A, B, 5 / 3)
    assert set(factors) == set(layers)
    for layer, _, _, adapter in adapters_of(model):
        close(adapter.A.grad, factors[layer][0].grad, f"{layer} A")
        close(adapter.B.grad, factors[layer][1].grad, f"{layer} B")
    assert all(p.grad is None for name, p in model.named_parameters() if ".lora." not in name)
    merge(model)
    close(model.forward(ids, mask), expected)
