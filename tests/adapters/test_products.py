"""Each method's change of W written out, and what only one of them promises: rsLoRA, DoRA, AdaLoRA, VeRA, LoHa, LoKr, LoRA-FA."""

import math

import numpy as np
import pytest

from minilora.adapters import (
    METHODS,
    AdaLoRA,
    DoRA,
    LoHa,
    LoKr,
    LoRA,
    RSLoRA,
    VeRA,
    adapters_of,
    inject,
    load_adapter,
    merge,
    save_adapter,
)
from minilora.nn import Linear
from minilora.training import LoRAFAAdamW

S = 3 / 2  # alpha / r of the specs in these tests


def kron(C, D):
    (a, c), (b, d) = C.shape, D.shape
    return np.array([[C[i // b, j // d] * D[i % b, j % d] for j in range(c * d)] for i in range(a * b)])


def rows_of_length(V, m):
    return np.stack([length * row / math.sqrt(row @ row) for length, row in zip(m, V, strict=True)])


def band(U, V, M, width=1):
    """M's values lie diagonal by diagonal, from the lowest."""
    k, values, full = U.shape[1], iter(M), np.zeros((U.shape[1], U.shape[1]))
    for offset in range(-width, width + 1):
        for i in range(k):
            if 0 <= i + offset < k:
                full[i, i + offset] = next(values)
    return U @ full @ V.T


def low_rank(W, a, s=S):
    return s * a["B"] @ a["A"]


def shifted(W, a):
    return S * (a["B"] @ a["A"] - a["B0"] @ a["A0"])


DELTAS = dict.fromkeys(["lora", "lora-fa", "eva", "qlora"], low_rank) | dict.fromkeys(["pissa", "olora", "lora-ga"], shifted) | {
    "rslora": lambda W, a: low_rank(W, a, 3 / math.sqrt(2)),
    "dora": lambda W, a: rows_of_length(W + S * a["B"] @ a["A"], a["m"]) - W,
    "adalora": lambda W, a: S * a["P"] @ np.diag(a["lam"]) @ a["Q"],
    "vera": lambda W, a: np.diag(a["b"]) @ a["frozen B"] @ np.diag(a["d"]) @ a["frozen A"],
    "lora-xs": lambda W, a: S * a["B"] @ a["R"] @ a["A"],
    "svft": lambda W, a: band(a["U"], a["V"], a["M"]),
    "loha": lambda W, a: S * (a["B1"] @ a["A1"]) * (a["B2"] @ a["A2"]),
    "lokr": lambda W, a: 3 * kron(a["C"], a["D"]),
}  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_the_change_of_W_is_the_formula(hung, away, small, batch, method):
    """In delta, and in what the model computes, against weights that were changed by hand."""
    model, plain = away(hung(method)), small()
    layers = dict(plain.named_layers())
    for name, layer, _, adapter in adapters_of(model):
        W = layer.W.data if method == "qlora" else layers[name].W.data
        arrays = adapter.arrays()
        if method == "vera":
            arrays |= {"frozen A": adapter.A, "frozen B": adapter.B}
        expected = DELTAS[method](W, arrays)
        np.testing.assert_allclose(adapter.delta(W), expected, atol=1e-13, err_msg=name)
        layers[name].W.data = W + expected
    np.testing.assert_allclose(model.eval().forward(batch[0]), plain.eval().forward(batch[0]), rtol=1e-10)


@pytest.mark.parametrize(("r", "alpha"), [(1, 16), (4, 16), (6, 5)])
def test_rslora_divides_by_the_root(r, alpha):
    assert RSLoRA(r=r, alpha=alpha).scale == alpha / math.sqrt(r) and LoRA(r=r, alpha=alpha).scale == alpha / r


def test_doras_rows_have_the_lengths_m(hung, away, small):
    before = dict(small().named_parameters())
    model = hung("dora")
    for name, _, _, adapter in adapters_of(model):
        W = before[f"{name}.W"].data
        np.testing.assert_allclose(adapter.m.data, [np.linalg.norm(row) for row in W], rtol=1e-14)
    away(model)
    for *_, adapter in adapters_of(model):
        adapter.m.data = np.abs(adapter.m.data)
    merge(model)
    for _, layer, _, adapter in adapters_of(model):
        np.testing.assert_allclose(np.linalg.norm(layer.W.data, axis=1), adapter.m.data, rtol=1e-12)


def test_doras_detached_gradient_leaves_out_the_turn_of_n(small, away, batch):
    """dB = s D A^T and dA = s B^T D, with D = m/n dW and dW that of the merged weights; the exact D has no part along V."""
    model, twin = small(), small()
    inject(model, DoRA(r=2, alpha=3), "attn.v")
    away(model)
    twin_layers = dict(twin.named_layers())
    for name, layer, _, adapter in adapters_of(model):
        twin_layers[name].W.data = layer.W.data + adapter.delta(layer.W.data)
    for m in (model, twin):
        m.loss(*batch)
        m.backward()
    for name, layer, _, adapter in adapters_of(model):
        V, dW = layer.W.data + S * adapter.B.data @ adapter.A.data, twin_layers[name].W.grad
        n = np.linalg.norm(V, axis=1)
        D = (adapter.m.data / n)[:, None] * dW
        np.testing.assert_allclose(adapter.B.grad, S * D @ adapter.A.data.T, rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(adapter.A.grad, S * adapter.B.data.T @ D, rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(adapter.m.grad, (dW * V).sum(axis=1) / n, rtol=1e-9, atol=1e-14)
        exact = D - V * ((D * V).sum(axis=1) / n**2)[:, None]
        assert np.abs(exact - D).max() > 1e-3 * np.abs(D).max(), "the two differ here"


def test_adaloras_start(small):
    model = small(d_model=32, n_heads=4, d_head=8, d_mlp=50)
    inject(model, AdaLoRA(r=16))
    for leaf in "PQ":
        drawn = np.concatenate([getattr(adapter, leaf).data.ravel() for *_, adapter in adapters_of(model)])
        np.testing.assert_allclose(drawn.std(), 0.02, rtol=0.03)
    assert not any(adapter.lam.data.any() for *_, adapter in adapters_of(model))


def test_veras_A_and_B_are_one_pair_of_which_each_layer_has_a_corner(small):
    model = small()
    inject(model, VeRA(r=5, seed=7))
    found = adapters_of(model)
    widest_A = max((adapter.A for *_, adapter in found), key=lambda A: A.shape[1])
    tallest_B = max((adapter.B for *_, adapter in found), key=len)
    assert widest_A.shape == (5, 9) and tallest_B.shape == (9, 5)
    for _, layer, _, adapter in found:
        n_out, n_in = layer.W.data.shape
        assert np.shares_memory(adapter.A, widest_A) and np.shares_memory(adapter.B, tallest_B)
        assert np.array_equal(adapter.A, widest_A[:, :n_in]) and np.array_equal(adapter.B, tallest_B[:n_out])
        assert np.array_equal(adapter.d.data, np.full(5, 0.1)) and not adapter.b.data.any()


def test_veras_pair_is_uniform_by_kaimings_rule(small):
    model = small(d_model=64, n_heads=2, d_head=30, d_mlp=200)
    inject(model, VeRA(r=50), "mlp.*")
    ((_, _, _, adapter), *_) = adapters_of(model, "default")
    A, B = adapter.A.base, adapter.B.base  # (50, 200) and (200, 50)
    for M in (A, B):
        bound = math.sqrt(6 / M.shape[1])
        assert 0.99 * bound < np.abs(M).max() <= bound
        np.testing.assert_allclose(M.std(), bound / math.sqrt(3), rtol=0.03)


def test_vera_draws_its_pair_again_from_the_seed_when_loaded(hung, away, small, tmp_path):
    model = away(hung("vera", settings={"seed": 7}))
    save_adapter(model, tmp_path)
    fresh = small()
    load_adapter(fresh, tmp_path)
    other = hung("vera", settings={"seed": 8})
    for (*_, a), (*_, b), (*_, c) in zip(adapters_of(model), adapters_of(fresh), adapters_of(other), strict=True):
        assert a.A is not b.A and np.array_equal(a.A, b.A) and np.array_equal(a.B, b.B) and not np.array_equal(a.A, c.A)


def test_loha_reaches_rank_r_squared(small, away):
    model = small(d_model=12, d_head=6, d_mlp=20)
    inject(model, LoHa(r=3), "mlp.up")
    away(model)
    for *_, adapter in adapters_of(model):
        assert np.linalg.matrix_rank(adapter.delta()) == 9
        assert np.linalg.matrix_rank(adapter.B1.data @ adapter.A1.data) == 3


@pytest.mark.parametrize("factor", [None, 2, 3, 100])
def test_lokrs_ranks_multiply(small, away, factor):
    model = small(d_model=12, d_head=6, d_mlp=20)
    inject(model, LoKr(factor=factor), "mlp.up")  # (20, 12)
    away(model)
    C_shape, D_shape = {None: ((4, 4), (5, 3)), 2: ((2, 2), (10, 6)), 3: ((2, 3), (10, 4)), 100: ((20, 12), (1, 1))}[factor]
    for *_, adapter in adapters_of(model):
        assert (adapter.C.data.shape, adapter.D.data.shape) == (C_shape, D_shape)
        adapter.C.data[:, 0] = 0  # so that C's rank is not full
        ranks = [np.linalg.matrix_rank(M) for M in (adapter.C.data, adapter.D.data, adapter.delta())]
        assert ranks[2] == ranks[0] * ranks[1] > 0


def test_lora_fas_projected_step_is_the_nearest_that_A_allows(hung, batch, small):
    """Its optimiser gives B a gradient g with s g A = the projection of the full gradient on A's rows."""
    model, twin = hung("lora-fa", "attn.v"), small()
    optimizer = LoRAFAAdamW(model, lr=0.1)
    for m in (model, twin):
        m.zero_grad()
        m.loss(*batch)
        m.backward()
    layers = dict(twin.named_layers())
    optimizer.before_sweep()
    for name, _, _, adapter in adapters_of(model):
        A, G = adapter.A.data, layers[name].W.grad
        np.testing.assert_allclose(S * adapter.B.grad @ A, G @ np.linalg.pinv(A) @ A, atol=1e-12)


@pytest.mark.parametrize(("n_out", "n_in"), [(128, 128), (12, 20), (7, 9), (1, 6), (96, 36), (13, 13)])
def test_lokrs_shapes_train_the_fewest_values(n_out, n_in):
    """By brute force; and of the shapes with so few values, one whose product has the highest rank."""
    layer = Linear(np.zeros((n_out, n_in)))
    (a, c), (b, d) = LoKr().shapes(layer).values()
    assert (a * b, c * d) == (n_out, n_in)
    every = [(i, n_out // i, j, n_in // j) for i in range(1, n_out + 1) for j in range(1, n_in + 1) if n_out % i == n_in % j == 0]
    fewest = min(i * j + k * m for i, k, j, m in every)
    assert LoKr().values(n_in, n_out) == a * c + b * d == fewest
    assert min(a, c) * min(b, d) == max(min(i, j) * min(k, m) for i, k, j, m in every if i * j + k * m == fewest)
