"""Methods that start from W or from data: PiSSA, OLoRA, LoRA-GA, EVA, LoRA-XS, SVFT."""

import numpy as np
import pytest

from minilora.adapters import EVA, LoRAGA, LoRAXS, OLoRA, PiSSA, adapters_of, inject, match
from minilora.adapters.evidence import gather
from minilora.nn import recorded

R = 2


def hung_on(model, spec, targets=("blocks.*",), batch=None):
    """{layer name: (W as it was, adapter, layer)}."""
    before = {name: p.data.copy() for name, p in model.named_parameters()}
    inject(model, spec, targets, batch=batch)
    return {name: (before[f"{name}.W"], adapter, layer) for name, layer, _, adapter in adapters_of(model)}


def test_pissa_takes_the_largest_triplets_and_the_residual_is_the_tail(small):
    for W, adapter, layer in hung_on(small(), PiSSA(r=R, alpha=3)).values():
        A, B, s = adapter.A.data, adapter.B.data, 3 / R
        sigma = np.linalg.svd(W, compute_uv=False)
        np.testing.assert_allclose(np.linalg.norm(layer.W.data) ** 2, (sigma[R:] ** 2).sum(), rtol=1e-10)
        np.testing.assert_allclose(layer.W.data, W - s * B @ A, atol=1e-13)
        np.testing.assert_allclose(np.linalg.svd(s * B @ A, compute_uv=False)[:R], sigma[:R], rtol=1e-10)
        np.testing.assert_allclose(A @ A.T, np.diag(sigma[:R] / s), atol=1e-12)  # A = sqrt(S_r / s) V_r^T
        np.testing.assert_allclose(B.T @ B, np.diag(sigma[:R] / s), atol=1e-12)


def test_olora_is_the_first_terms_of_qr_and_not_the_best(small):
    worse = []
    for W, adapter, layer in hung_on(small(), OLoRA(r=R, alpha=R)).values():
        A, B = adapter.A.data, adapter.B.data
        np.testing.assert_allclose(B.T @ B, np.eye(R), atol=1e-12)
        np.testing.assert_allclose(A[:, :R], np.triu(A[:, :R]), atol=1e-12)  # rows of R
        np.testing.assert_allclose(layer.W.data[:, :R], 0, atol=1e-12)  # the first columns of W are in the span of the first of Q
        tail = np.sqrt((np.linalg.svd(W, compute_uv=False)[R:] ** 2).sum())
        worse.append(np.linalg.norm(layer.W.data) / tail)
    assert min(worse) > 1.01


def gradient_of(model, name, batch):
    layer = dict(model.named_layers())[name]
    model.zero_grad()
    model.loss(*batch)
    model.backward()
    return layer.W.grad.copy()


@pytest.mark.parametrize("layer_name", ["blocks.0.attn.o", "blocks.1.attn.v", "blocks.1.mlp.down", "blocks.1.mlp.up"])
def test_lora_gas_first_step_is_the_best_of_rank_2r_to_second_order(small, layer_name):
    """Delta W after a step of SGD is -lr s^2 G_2r + O(lr^2): half the lr leaves a quarter of the difference."""
    batch = np.random.default_rng(5).integers(0, 7, (2, 8, 5))
    G = gradient_of(small(), layer_name, batch)
    U, sigma, Vt = np.linalg.svd(G)
    best = (U[:, :2] * sigma[:2]) @ Vt[:2]
    assert np.linalg.norm(G - best) > 0.05 * np.linalg.norm(G), "the rest of G is not nothing"
    s, off = 1.5, []
    for lr in (0.1, 0.05, 0.025):
        model = small()
        ((_, adapter, _),) = hung_on(model, LoRAGA(r=1, alpha=s, c=1.0), layer_name, batch).values()
        model.loss(*batch)
        model.backward()
        for p in (adapter.A, adapter.B):
            p.data -= lr * p.grad
        off.append(np.linalg.norm(adapter.delta() + lr * s**2 * best))
    np.testing.assert_allclose([off[0] / off[1], off[1] / off[2]], 4, rtol=1e-3)
    assert off[-1] < 0.1 * 0.025 * s**2 * np.linalg.norm(best)


def test_lora_gas_c(small, batch):
    for name, (_, adapter, layer) in hung_on(small(), LoRAGA(r=R, gamma=9), batch=batch).items():
        c = layer.W.data.shape[0] ** 0.25 / 3
        np.testing.assert_allclose(adapter.A.data @ adapter.A.data.T, c**2 * np.eye(R), atol=1e-12, err_msg=name)
        np.testing.assert_allclose(adapter.B.data.T @ adapter.B.data, c**2 * np.eye(R), atol=1e-12)


def test_lora_gas_gradient_of_a_tied_head_is_the_heads_alone(small, batch):
    """The embedding's part of the shared table's gradient is none of the head's map."""
    untied, tied = small(tied=False), small()
    untied.head.W.data = tied.head.W.data
    untied.embed.W.data = tied.embed.W.data
    G = gradient_of(untied, "head", batch)
    inject(tied, LoRAGA(r=R, c=1.0), "head", batch=batch)
    adapter = tied.head.adapters["default"]
    U, _, Vt = np.linalg.svd(G)
    np.testing.assert_allclose(np.abs(np.sum(adapter.A.data * Vt[:R], axis=1)), 1, rtol=1e-9)
    np.testing.assert_allclose(np.abs(np.sum(adapter.B.data * U[:, R : 2 * R], axis=0)), 1, rtol=1e-9)


@pytest.mark.parametrize("spec", [LoRAGA(r=R), EVA(r=R)], ids=["lora-ga", "eva"])
def test_looking_at_a_batch_leaves_no_trace(small, batch, spec):
    """Weights, gradients, what learns, modes and the generator are as before, and dropout is off while the batch runs."""
    model = small(dropout=0.3)
    model.loss(*batch)
    model.backward()
    model.embed.W.trainable = model.blocks[0].attn.q.W.trainable = False

    def all_of_it():
        return [(p, p.data.copy(), p.trainable, None if p.grad is None else p.grad.copy()) for p in model.parameters()]

    before, rng = all_of_it(), model.rng.bit_generator.state
    evidence = gather(model, spec, match(model, ("blocks.*", "head")), batch)
    assert len(evidence) == 13 and model.training and model.rng.bit_generator.state == rng
    for (p, data, trainable, grad), (q, *now) in zip(before, all_of_it(), strict=True):
        assert p is q and np.array_equal(data, now[0]) and trainable == now[1]
        assert grad is now[2] is None or np.array_equal(grad, now[2])
    calm = small().eval()
    for name, array in gather(calm, spec, match(calm, "attn.q"), batch).items():
        assert np.array_equal(array, evidence[name])


def test_a_batch_that_is_refused_leaves_everything(small, batch, state, same):
    model = small()
    before = state(model)
    for wrong in ((batch[0], batch[1][:1]), (batch[0] + 99, batch[1])):
        with pytest.raises(ValueError):
            inject(model, LoRAGA(r=R), "attn.q", batch=wrong)
        assert same(state(model), before)


def test_eva_looks_where_the_inputs_vary_most(small, batch):
    inputs = {}
    model = small().eval()
    with recorded(model, lambda name, layer, x, y: inputs.update({name: x})):
        model.loss(*batch)
    for name, (_, adapter, _) in hung_on(small(), EVA(r=R), batch=batch).items():
        X = inputs[name].reshape(-1, inputs[name].shape[-1])
        assert len(X) == batch[0].size
        _, V = np.linalg.eigh(X.T @ X)  # rising
        largest = V[:, ::-1][:, :R].T
        np.testing.assert_allclose(np.abs(np.sum(adapter.A.data * largest, axis=1)), 1, rtol=1e-8, err_msg=name)
        assert not adapter.B.data.any()
        kept = np.linalg.norm(X @ adapter.A.data.T)
        np.testing.assert_allclose(kept, np.linalg.norm(np.linalg.svd(X, compute_uv=False)[:R]), rtol=1e-10)


def test_lora_xs_moves_W_within_its_own_leading_directions(hung, away, small):
    before = dict(small().named_parameters())
    model = hung("lora-xs")
    for name, _, _, adapter in adapters_of(model):
        A, B, Rm = adapter.A.data, adapter.B.data, adapter.R.data
        U, sigma, Vt = np.linalg.svd(before[f"{name}.W"].data)
        np.testing.assert_allclose(B @ A, (U[:, :R] * sigma[:R]) @ Vt[:R], atol=1e-12)
        np.testing.assert_allclose(B.T @ B, np.eye(R), atol=1e-12)
        assert 0 < np.abs(Rm).max() < 6e-5
    away(model)
    for name, _, _, adapter in adapters_of(model):
        U, _, Vt = np.linalg.svd(before[f"{name}.W"].data)
        inside = U[:, :R] @ U[:, :R].T @ adapter.delta() @ Vt[:R].T @ Vt[:R]
        np.testing.assert_allclose(adapter.delta(), inside, atol=1e-12)


def test_lora_xs_R_is_normal_with_its_std(small):
    model = small(d_model=32, n_heads=4, d_head=8, d_mlp=40)
    inject(model, LoRAXS(r=30))
    drawn = np.concatenate([adapter.R.data.ravel() for *_, adapter in adapters_of(model)])
    np.testing.assert_allclose(drawn.std(), 1e-5, rtol=0.03)


@pytest.mark.parametrize("band", [0, 1, 2, 50])
def test_svfts_band(hung, away, small, band):
    """U^T Delta W V is zero outside of the band, and nowhere inside of it."""
    model, before = away(hung("svft", settings={"band": band})), dict(small().named_parameters())
    for name, _, _, adapter in adapters_of(model):
        U, sigma, Vt = np.linalg.svd(before[f"{name}.W"].data, full_matrices=False)
        M, k = U.T @ adapter.delta() @ Vt.T, len(sigma)
        inside = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) <= band
        np.testing.assert_allclose(M[~inside], 0, atol=1e-12)
        assert np.abs(M[inside]).min() > 1e-4 and adapter.M.data.size == inside.sum()


def test_svft_of_band_0_moves_singular_values_alone(hung, away, small):
    model, before = away(hung("svft", settings={"band": 0})), dict(small().named_parameters())
    for name, _, _, adapter in adapters_of(model):
        W = before[f"{name}.W"].data
        U, sigma, Vt = np.linalg.svd(W, full_matrices=False)
        np.testing.assert_allclose(W + adapter.delta(), (U * (sigma + np.diag(U.T @ adapter.delta() @ Vt.T))) @ Vt, atol=1e-12)


def test_eva_does_not_count_padding(small):
    ids = np.array([[1, 2, 3, 4, 5], [5, 2, 0, 0, 0]])
    mask = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0]])
    rows = []
    for filler in (0, 3):
        model = small()
        inject(model, EVA(r=3), ("blocks.*",), batch=(np.where(mask, ids, filler), ids, mask))
        rows.append({name: adapter.A.data for name, _, _, adapter in adapters_of(model)})
    for name, A in rows[0].items():
        np.testing.assert_allclose(np.abs(A), np.abs(rows[1][name]), atol=1e-10, err_msg=name)
    with pytest.raises(ValueError, match="^eva rank must be at most the number of tokens in the batch, 2, got 3$"):
        inject(small(), EVA(r=3), "attn.q", batch=(ids[1:], ids[1:], mask[1:]))


def test_eva_at_a_classifiers_head_takes_its_rows_whole(small):
    ids = np.array([[1, 2, 3], [5, 2, 0]])
    model = small(n_classes=4)
    inject(model, EVA(r=2), "head", batch=(ids, np.array([1, 3]), ids > 0))
