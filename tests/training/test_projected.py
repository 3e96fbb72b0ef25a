import numpy as np
import pytest

from minilora.lowrank import truncate
from minilora.nn.parameter import Parameter
from minilora.training import Adam, Flora, GaLore

R = 2
SHAPES = {"wide": (5, 9), "tall": (8, 4), "square": (6, 6), "narrow": (2, 7), "b": (5,)}  # the first three are projected
BUILDS = {"galore": GaLore, "flora": Flora}
PROJECTED = ("wide", "tall", "square")


def make_parameters(dtype="float64"):
    rng = np.random.default_rng(1)
    return [Parameter(rng.standard_normal(shape).astype(dtype), name=name) for name, shape in SHAPES.items()]


def run(optimizer, steps, first=0, rank=None):
    """Steps with random gradients, of rank at most `rank`. Returns {name: W}."""
    for step in range(first, steps):
        rng = np.random.default_rng(100 + step)
        optimizer.zero_grad()
        for p in sorted(optimizer.parameters, key=lambda p: p.name):
            g = rng.standard_normal(p.data.shape)
            p.accumulate((g if rank is None or g.ndim == 1 else truncate(g, rank)).astype(p.data.dtype))
        optimizer.step()
    return {p.name: p.data.copy() for p in optimizer.parameters}


def share(optimizer, name):
    return next(s for s in optimizer.shares if s.parameter.name == name)


def change(optimizer, name, before):
    """Delta W with the short side first, as P sees it."""
    return share(optimizer, name).W - (before[name] if SHAPES[name][0] <= SHAPES[name][1] else before[name].T)


def rank(W):
    return np.linalg.matrix_rank(W, tol=1e-10)


def almost_sgd(**options):
    """Without memory, and with an eps far above every gradient, Adam's step is g / eps: lr = eps makes that g."""
    return GaLore(make_parameters(), lr=1e9, kappa=1.0, betas=(0.0, 0.0), eps=1e9, **options)


def test_galore_steps_along_the_best_approximation_of_rank_r():
    optimizer = almost_sgd(r=R)
    before = {p.name: p.data.copy() for p in optimizer.parameters}
    after = run(optimizer, 1)
    for p in optimizer.parameters:
        wanted = truncate(p.grad, R) if p.name in PROJECTED else p.grad
        np.testing.assert_allclose(before[p.name] - after[p.name], wanted, rtol=1e-7, atol=1e-7)


def test_galore_takes_the_whole_step_where_the_gradient_has_rank_r():
    optimizer = almost_sgd(r=R, every=1)
    before = {p.name: p.data.copy() for p in optimizer.parameters}
    after = run(optimizer, 1, rank=R)
    for p in optimizer.parameters:
        np.testing.assert_allclose(before[p.name] - after[p.name], p.grad, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
def test_the_step_is_adams_in_the_projected_space(build):
    """An Adam of its own on R = P^T G, whose parameter starts at zero, makes the steps -lr N."""
    optimizer, kappa = build(make_parameters(), lr=0.1, r=R, every=100), 0.25 if build is GaLore else 1.0
    before = {p.name: p.data.copy() for p in optimizer.parameters}
    run(optimizer, 1)
    P = {name: share(optimizer, name).P.copy() for name in PROJECTED}
    again = build(make_parameters(), lr=0.1, r=R, every=100)
    small = {name: Parameter(np.zeros((R, max(SHAPES[name]))), name=name) for name in PROJECTED}
    adam = Adam(small.values(), lr=0.1)
    for step in range(3):
        run(again, step + 1, first=step)
        adam.zero_grad()
        for name in PROJECTED:
            small[name].accumulate(P[name].T @ share(again, name).G)
        adam.step()
    for name in PROJECTED:
        wanted = kappa * P[name] @ small[name].data
        np.testing.assert_allclose(change(again, name, before), wanted, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
def test_all_that_is_not_projected_gets_plain_adam_bit_for_bit(build):
    got, wanted = run(build(make_parameters(), lr=0.1, r=R), 3), run(Adam(make_parameters(), lr=0.1), 3)
    assert {name for name in SHAPES if np.array_equal(got[name], wanted[name])} == {"narrow", "b"}


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
def test_between_draws_w_changes_in_the_span_of_p_and_over_them_its_rank_grows(build):
    optimizer = build(make_parameters(), lr=0.1, r=R, every=3)
    start = {p.name: p.data.copy() for p in optimizer.parameters}
    before = start
    for draw in (1, 2, 3):
        after = run(optimizer, 3 * draw, first=3 * draw - 3)
        for name in PROJECTED:
            Q, _ = np.linalg.qr(share(optimizer, name).P)
            new = change(optimizer, name, before)
            np.testing.assert_allclose(Q @ Q.T @ new, new, atol=1e-12)
            assert rank(new) == R
            assert rank(change(optimizer, name, start)) == min(draw * R, *SHAPES[name])
        before = after


def test_galores_projection_is_orthonormal_and_leaves_the_moments():
    optimizer = GaLore(make_parameters(), lr=0.1, r=R, every=2)
    run(optimizer, 2)
    for name in PROJECTED:
        s = share(optimizer, name)
        np.testing.assert_allclose(s.P.T @ s.P, np.eye(R), atol=1e-12)
        m, v, P = s.m.copy(), s.v.copy(), s.P.copy()
        optimizer.project(s)
        assert np.array_equal(s.m, m) and np.array_equal(s.v, v)
        U, _, _ = np.linalg.svd(s.G)
        np.testing.assert_allclose(np.abs(s.P.T @ U[:, :R]), np.eye(R), atol=1e-12)
        assert not np.allclose(np.abs(P.T @ s.P), np.eye(R))


def test_floras_projection_returns_the_gradient_in_the_mean():
    """E[P P^T] = I; and the carried momentum of the paper, P^T P_old m, would be longer by about sqrt(short / r)."""
    optimizer = Flora([Parameter(np.zeros((16, 20)), name="W")], lr=0.1, r=R)
    (s,) = optimizer.shares
    m = np.random.default_rng(0).standard_normal(s.m.shape)
    total, lengths, n = np.zeros((16, 16)), [], 4000
    for _ in range(n):
        old = s.P.copy()
        s.m[...] = m
        optimizer.project(s)
        assert not s.m.any()
        total += s.P @ s.P.T
        lengths.append(((s.P.T @ (old @ m)) ** 2).sum() / (m**2).sum())
    np.testing.assert_allclose(total / n, np.eye(16), atol=5 * np.sqrt(2 / R / n))
    assert np.mean(lengths[1:]) == pytest.approx(16 / R, rel=0.1)


def test_flora_draws_from_its_seed():
    runs = [run(Flora(make_parameters(), lr=0.1, r=R, rng=rng), 2)["wide"] for rng in (0, 0, 1, np.random.default_rng(1))]
    assert np.array_equal(runs[0], runs[1]) and np.array_equal(runs[2], runs[3]) and not np.array_equal(runs[0], runs[2])


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
def test_state_bytes_is_the_formula(build):
    values = sum(2 * R * max(SHAPES[name]) + R * min(SHAPES[name]) for name in PROJECTED) + 2 * (2 * 7) + 2 * 5
    optimizer = build(make_parameters("float32"), lr=0.1, r=R)
    assert optimizer.state_bytes == 4 * values == sum(a.nbytes for a in optimizer.state()["arrays"].values())
    assert not optimizer.moments, "no moments of full size beside them"
    assert values < sum(2 * np.prod(shape) for shape in SHAPES.values())


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
def test_float32_stays_float32(build):
    optimizer = build(make_parameters("float32"), lr=0.1, r=R)
    after = run(optimizer, 2)
    assert {a.dtype for a in (*after.values(), *optimizer.state()["arrays"].values())} == {np.dtype("float32")}


def test_the_rate_of_a_parameter_counts():
    rates = dict(zip(SHAPES, (1.0, 2.0, 4.0, 8.0, 0.5), strict=True))
    parameters = make_parameters()
    for p in parameters:
        p.rate = rates[p.name]
    before = {p.name: p.data.copy() for p in parameters}
    got = run(GaLore(parameters, lr=0.1, r=R), 1)
    plain = run(GaLore(make_parameters(), lr=0.1, r=R), 1)
    for name, rate in rates.items():
        np.testing.assert_allclose(got[name] - before[name], rate * (plain[name] - before[name]), rtol=1e-9)


@pytest.mark.parametrize("stop", [0, 3, 4], ids=["before the first draw", "between draws", "at a draw"])
@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
def test_resumed_equals_uninterrupted(small, resumes, build, stop):
    def start(seed):
        model = small(rng=seed)
        draws = {"rng": seed} if build is Flora else {}
        return model, build(model.parameters(), lr=0.02, r=3, every=4, **draws)

    resumes(start, steps=9, stop=stop)


def test_a_state_that_does_not_fit_is_refused_and_changes_nothing():
    optimizer = Flora(make_parameters(), lr=0.1, r=R)
    run(optimizer, 1)
    good = optimizer.state()
    cases = [
        (good | {"kind": "GaLore"}, "of GaLore, the optimizer is Flora"),
        (good | {"rng": None}, "the state's rng is none of this optimizer's generator"),
        ({k: v for k, v in good.items() if k != "rng"}, "the state's rng is none"),
        (good | {"arrays": good["arrays"] | {"P.wide": np.ones((5, 3))}}, r"'P.wide' was saved with shape \(5, 3\)"),
    ]
    for state, message in cases:
        with pytest.raises(ValueError, match=message):
            optimizer.load_state(state)
    assert optimizer.state()["rng"] == good["rng"]


def test_bad_settings_are_refused_by_name():
    cases = [
        (lambda ps: GaLore(ps, lr=0.1, r=0), "r must be an integer of at least 1, got 0"),
        (lambda ps: Flora(ps, lr=0.1, r=2.0), "r must be an integer of at least 1, got 2.0"),
        (lambda ps: GaLore(ps, lr=0.1, r=6), r"r must be below min\(in, out\)=6 of the largest matrix, got 6"),
        (lambda ps: GaLore(ps, lr=0.1, r=2, every=0), "every must be an integer of at least 1, got 0"),
        (lambda ps: GaLore(ps, lr=0.1, r=2, every=2.5), "every must be an integer of at least 1, got 2.5"),
        (lambda ps: GaLore(ps, lr=0.1, r=2, kappa=0.0), "kappa must be a number > 0, got 0.0"),
        (lambda ps: GaLore(ps, lr=0.1, r=2, kappa=np.inf), "kappa must be a number > 0, got inf"),
        (lambda ps: GaLore(ps, lr=-1.0, r=2), "lr must be a number >= 0"),
        (lambda ps: Flora(ps, lr=0.1, r=2, rng="x"), "rng must be an integer"),
    ]
    for build, message in cases:
        with pytest.raises(ValueError, match=message):
            build(make_parameters())
