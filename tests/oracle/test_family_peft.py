"""The family on one linear layer against PEFT's, with the same arrays: outputs and gradients; and where PiSSA and OLoRA start."""

import numpy as np
import pytest

from minilora.adapters import DoRA, LoHa, LoKr, LoRA, OLoRA, PiSSA, RSLoRA, VeRA
from minilora.nn import Linear

torch = pytest.importorskip("torch")
peft = pytest.importorskip("peft")

N_IN, N_OUT, R, ALPHA = 12, 20, 3, 5


def lora(layer):
    return {"A": layer.lora_A["default"].weight, "B": layer.lora_B["default"].weight}


def loha(layer):
    names = {"A1": "hada_w1_b", "B1": "hada_w1_a", "A2": "hada_w2_b", "B2": "hada_w2_a"}
    return {leaf: getattr(layer, name)["default"] for leaf, name in names.items()}


CASES = {  # ours, PEFT's, where PEFT keeps the arrays
    "lora": (LoRA(R, ALPHA), lambda: peft.LoraConfig(r=R, lora_alpha=ALPHA), lora),
    "rslora": (RSLoRA(R, ALPHA), lambda: peft.LoraConfig(r=R, lora_alpha=ALPHA, use_rslora=True), lora),
    "dora": (
        DoRA(R, ALPHA),
        lambda: peft.LoraConfig(r=R, lora_alpha=ALPHA, use_dora=True),
        lambda layer: lora(layer) | {"m": layer.lora_magnitude_vector["default"].weight},
    ),
    "vera": (
        VeRA(R),
        lambda: peft.VeraConfig(r=R),
        lambda layer: {"d": layer.vera_lambda_d["default"], "b": layer.vera_lambda_b["default"]},
    ),
    "loha": (LoHa(R, ALPHA), lambda: peft.LoHaConfig(r=R, alpha=ALPHA), loha),
    "lokr": (  # an r so large that neither of its two factors is a product itself; its scale is alpha / r
        LoKr(factor=2, alpha=0.7),
        lambda: peft.LoKrConfig(r=100, alpha=70, decompose_factor=2),
        lambda layer: {"C": layer.lokr_w1["default"], "D": layer.lokr_w2["default"]},
    ),
}


class One(torch.nn.Module):
    def __init__(self, W, b):
        super().__init__()
        self.q = torch.nn.Linear(N_IN, N_OUT)
        self.q.weight.data, self.q.bias.data = torch.tensor(W), torch.tensor(b)

    def forward(self, x):
        return self.q(x)


def draw(*shape, dtype="float64"):
    return np.random.default_rng(len(shape) + shape[0]).standard_normal(shape).astype(dtype)


def theirs(config, W, b):
    """PEFT's model around one layer, and that layer."""
    config.target_modules = ["q"]
    model = peft.get_peft_model(One(W, b), config)
    return model, model.base_model.model.q


def ours(spec, W, b):
    """A Linear with the method's adapter at its start."""
    layer = Linear(W.copy(), b.copy())
    rng = np.random.default_rng(0)
    layer.adapters["default"] = spec.make(layer, spec.start(layer, rng), rng, spec.shared({"q": layer}))
    layer.settle()
    return layer, layer.adapters["default"]


@pytest.fixture(autouse=True)
def in_float64():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("method", CASES)
def test_output_and_gradients(method):
    spec, config, arrays_of = CASES[method]
    W, b, x, dy = draw(N_OUT, N_IN), draw(N_OUT), draw(4, 7, N_IN), draw(4, 7, N_OUT)
    model, there = theirs(config(), W, b)
    layer, adapter = ours(spec, W, b)
    arrays = arrays_of(there)
    assert {leaf: tuple(a.shape) for leaf, a in arrays.items()} == {leaf: a.shape for leaf, a in adapter.arrays().items()}
    for i, (leaf, a) in enumerate(arrays.items()):
        value = np.random.default_rng(50 + i).standard_normal(a.shape)
        a.data = torch.tensor(value)
        getattr(adapter, leaf).data = value
    if method == "vera":
        adapter.A, adapter.B = there.vera_A["default"].numpy(), there.vera_B["default"].numpy()
    input_there = torch.tensor(x, requires_grad=True)
    expected = model(input_there)
    y = layer.forward(x)
    np.testing.assert_allclose(y, expected.detach().numpy(), rtol=1e-9, atol=1e-11)
    assert np.abs(y - x @ W.T - b).max() > 0.1
    expected.backward(torch.tensor(dy))
    np.testing.assert_allclose(layer.backward(dy), input_there.grad.numpy(), rtol=1e-9, atol=1e-11)
    for leaf, a in arrays.items():
        np.testing.assert_allclose(getattr(adapter, leaf).grad, a.grad.numpy(), rtol=1e-9, atol=1e-10, err_msg=leaf)


def test_dora_starts_at_the_same_lengths():
    W, b = draw(N_OUT, N_IN), draw(N_OUT)
    _, there = theirs(CASES["dora"][1](), W, b)
    _, adapter = ours(DoRA(R, ALPHA), W, b)
    np.testing.assert_allclose(adapter.m.data, there.lora_magnitude_vector["default"].weight.detach().numpy(), rtol=1e-12)


@pytest.mark.parametrize(("spec", "name"), [(PiSSA(R, ALPHA), "pissa"), (OLoRA(R, ALPHA), "olora")])
def test_where_pissa_and_olora_start(spec, name):
    """PEFT starts them in float32. Singular vectors are told up to a common sign."""
    torch.set_default_dtype(torch.float32)
    W, b = draw(N_OUT, N_IN, dtype="float32"), draw(N_OUT, dtype="float32")
    _, there = theirs(peft.LoraConfig(r=R, lora_alpha=ALPHA, init_lora_weights=name), W, b)
    layer, adapter = ours(spec, W, b)
    A, B = (a.detach().numpy() for a in lora(there).values())
    sign = np.sign((A * adapter.A.data).sum(axis=1))
    np.testing.assert_allclose(sign[:, None] * adapter.A.data, A, atol=1e-5)
    np.testing.assert_allclose(adapter.B.data * sign, B, atol=1e-5)
    np.testing.assert_allclose(layer.W.data, there.base_layer.weight.detach().numpy(), atol=1e-5)
