import math

import numpy as np
import pytest

from minilora.adapters import AdaLoRA, LoRA, adapters_of, inject
from minilora.ops.penalties import orthogonality_forward
from minilora.training import AdaLoRAAdamW, AdamW

TARGETS = ("attn.q", "mlp.up")
N_ADAPTERS, R = 4, 4
SCHEDULE = {"r_target": 2, "t_init": 3, "t_final": 13, "every": 2}


def adapted(small, spec=None, seed=0, **options):
    model = small(rng=seed, **options)
    inject(model, spec or AdaLoRA(r=R, alpha=4), targets=TARGETS, rng=seed)
    return model


def found(model):
    return [adapter for *_, adapter in adapters_of(model)]


def lams(model):
    return np.concatenate([a.lam.data for a in found(model)])


def test_the_penalty_is_added_to_the_gradients_of_p_and_q_and_nothing_else(small, train):
    model, plain = adapted(small), adapted(small)
    train(model, AdaLoRAAdamW(model, lr=0.0, gamma=0.7, **SCHEDULE), 1)
    train(plain, AdamW(plain.parameters(), lr=0.0), 1)
    for a, b in zip(found(model), found(plain), strict=True):
        P, Q, I = a.P.data, a.Q.data, np.eye(R)
        np.testing.assert_allclose(a.P.grad - b.P.grad, 4 * 0.7 * P @ (P.T @ P - I), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(a.Q.grad - b.Q.grad, 4 * 0.7 * (Q @ Q.T - I) @ Q, rtol=1e-9, atol=1e-12)
        assert np.array_equal(a.lam.grad, b.lam.grad)


def test_p_and_q_become_orthonormal_by_the_penalty(small, train):
    ends = []
    for gamma in (0.0, 0.5):
        model = adapted(small)
        losses = train(model, AdaLoRAAdamW(model, lr=0.02, gamma=gamma, weight_decay=0.0, r_target=R, t_init=0, t_final=1), 150)
        ends.append(sum(orthogonality_forward(a.P.data, a.Q.data, 1.0)[0] for a in found(model)))
        assert losses[-1] < losses[0]
    assert ends[1] < 1 < ends[0]


def test_the_budget_falls_along_a_cubic(small):
    optimizer = AdaLoRAAdamW(adapted(small), lr=0.1, r_target=1, t_init=3, t_final=13)
    assert [optimizer.budget(t) for t in (0, 3, 13, 99)] == [16, 16, 4, 4]
    assert [optimizer.budget(t) for t in (4, 8, 12)] == [4 + round(12 * 0.9**3), 4 + round(12 * 0.5**3), 4]
    assert AdaLoRAAdamW(adapted(small), lr=0.1, r_target=1.5, t_init=3, t_final=13).budget(13) == 6
    assert [optimizer.budget(t) for t in range(15)] == sorted((optimizer.budget(t) for t in range(15)), reverse=True)


def test_importance_is_the_papers_formula(small, train):
    """Equations (F2) to (F4), written out parameter by parameter and triplet by triplet."""
    model = adapted(small)
    optimizer = AdaLoRAAdamW(model, lr=0.02, beta=0.6, **(SCHEDULE | {"t_final": 4}))
    I, U = {}, {}
    for _ in range(4):
        before = {p.name: p.data.copy() for p in optimizer.parameters}
        train(model, optimizer, 1)
        for p in optimizer.parameters:
            now = abs(before[p.name] * p.grad)
            I[p.name] = 0.6 * I.get(p.name, 0) + 0.4 * now
            U[p.name] = 0.6 * U.get(p.name, 0) + 0.4 * abs(now - I[p.name])
    s = {name: I[name] * U[name] for name in I}
    wanted = [
        s[a.lam.name][i] + sum(s[a.P.name][:, i]) / len(a.P.data) + sum(s[a.Q.name][i]) / a.Q.data.shape[1]
        for a in found(model)
        for i in range(R)
    ]
    np.testing.assert_allclose(optimizer.scores(), wanted, rtol=1e-10)
    train(model, optimizer, 3)
    np.testing.assert_allclose(optimizer.scores(), wanted, rtol=1e-10)  # from t_final on they rest


def test_the_least_important_triplets_of_all_layers_are_masked_and_no_more_than_the_budget_asks(small, train):
    model = adapted(small)
    optimizer = AdaLoRAAdamW(model, lr=0.02, **SCHEDULE)
    for t in range(1, 20):
        train(model, optimizer, 1)
        masked = lams(model) == 0
        if t >= 13 or (t > 3 and t % 2 == 0):
            assert masked.sum() == 16 - optimizer.budget(t)
            S = optimizer.scores()
            assert S[masked].max(initial=0) <= S[~masked].min()
        else:
            assert not masked.any()
    ranks = [np.linalg.matrix_rank(a.delta(), tol=1e-10) for a in found(model)]
    assert sum(ranks) == 2 * N_ADAPTERS and len(set(ranks)) > 1, "the budget goes where it matters, not evenly"


def test_a_masked_triplet_may_come_back(small, train):
    model = adapted(small)
    optimizer = AdaLoRAAdamW(model, lr=0.05, r_target=2, t_init=0, t_final=60, every=4)
    history = []
    for t in range(1, 61):
        train(model, optimizer, 1)
        if t % 4 == 0:
            history.append(lams(model) != 0)
    returned = np.any(np.diff(np.array(history).astype(int), axis=0) == 1, axis=0)
    assert returned.any()


def test_after_t_final_the_same_triplets_stay_masked(small, train):
    model = adapted(small)
    optimizer = AdaLoRAAdamW(model, lr=0.05, **SCHEDULE)
    train(model, optimizer, 13)
    masked = lams(model) == 0
    for _ in range(5):
        train(model, optimizer, 1)
        assert np.array_equal(lams(model) == 0, masked)


@pytest.mark.parametrize("stop", [2, 7, 15])
def test_resumed_equals_uninterrupted(small, resumes, stop):
    def start(seed):
        model = adapted(small, seed=seed)
        return model, AdaLoRAAdamW(model, lr=0.02, **SCHEDULE)

    resumes(start, steps=18, stop=stop)


def test_its_state_is_four_values_a_parameter_and_does_not_fit_another_optimizer(small):
    model = adapted(small)
    optimizer = AdaLoRAAdamW(model, lr=0.02, **SCHEDULE)
    assert optimizer.state_bytes == 4 * 8 * sum(p.data.size for p in model.parameters() if p.trainable)
    state = AdamW(model.parameters(), lr=0.1).state()
    with pytest.raises(ValueError, match="the state is of AdamW, the optimizer is AdaLoRAAdamW"):
        optimizer.load_state(state)
    with pytest.raises(ValueError, match="is not among the saved arrays"):
        optimizer.load_state(state | {"kind": "AdaLoRAAdamW"})


def test_bad_settings_are_refused_by_name(small):
    cases = [
        (small(), {}, "no adapter that trains P, lam and Q: inject one of adalora first"),
        (adapted(small, LoRA(r=2)), {}, "no adapter that trains P, lam and Q"),
        (adapted(small), {"r_target": 5}, "r_target must be between 1 and the adapters' mean rank=4, got 5"),
        (adapted(small), {"r_target": 0}, "r_target must be between 1"),
        (adapted(small), {"t_init": 13}, "t_init must be at least 0 and below a finite t_final, got t_init=13 and t_final=13"),
        (adapted(small), {"t_init": -1}, "t_init must be at least 0"),
        (adapted(small), {"t_final": math.inf}, "below a finite t_final, got t_init=3 and t_final=inf"),
        (adapted(small), {"r_target": math.nan}, "r_target must be between 1 and the adapters' mean rank=4, got nan"),
        (adapted(small), {"every": 0}, "every must be an integer of at least 1, got 0"),
        (adapted(small), {"every": 2.5}, "every must be an integer of at least 1, got 2.5"),
        (adapted(small), {"gamma": -0.1}, "gamma must be a number >= 0, got -0.1"),
        (adapted(small), {"gamma": math.inf}, "gamma must be a number >= 0, got inf"),
        (adapted(small), {"beta": 1.0}, r"beta must lie in \[0, 1\), got 1.0"),
    ]
    for model, options, message in cases:
        with pytest.raises(ValueError, match=message):
            AdaLoRAAdamW(model, lr=0.1, **(SCHEDULE | options))
