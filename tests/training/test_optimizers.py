import numpy as np
import pytest

from minilora.backend import BLOCK
from minilora.nn.parameter import Parameter
from minilora.training import SGD, Adam, AdamW

SHAPES = {"b": (5,), "W": (3, 7), "big": (BLOCK // 3, 4), "gamma": (2,)}  # "big" spans two blocks


def make_parameters(dtype="float64"):
    rng = np.random.default_rng(1)
    return [Parameter(rng.standard_normal(shape).astype(dtype), name=name) for name, shape in SHAPES.items()]


def gradients(step, dtype="float64"):
    rng = np.random.default_rng(100 + step)
    return {name: rng.standard_normal(shape).astype(dtype) for name, shape in SHAPES.items()}


def run(optimizer, parameters, steps, first=0, dtype="float64"):
    for step in range(first, steps):
        optimizer.zero_grad()
        for p in parameters:
            p.accumulate(gradients(step, dtype)[p.name])
        optimizer.step()
    return {p.name: p.data.copy() for p in parameters}


def sgd_by_hand(lr, momentum, steps):
    values = {p.name: p.data for p in make_parameters()}
    m = {name: 0.0 for name in values}
    for step in range(steps):
        for name, g in gradients(step).items():
            m[name] = momentum * m[name] + g
            values[name] = values[name] - lr * m[name]
    return values


def adam_by_hand(lr, beta1, beta2, eps, weight_decay, steps):
    """The published algorithm, tensor by tensor, with m' and v' spelled out."""
    values = {p.name: p.data for p in make_parameters()}
    decayed = {p.name for p in make_parameters() if p.data.ndim > 1}
    m = {name: 0.0 for name in values}
    v = {name: 0.0 for name in values}
    for step in range(steps):
        for name, g in gradients(step).items():
            m[name] = beta1 * m[name] + (1 - beta1) * g
            v[name] = beta2 * v[name] + (1 - beta2) * g**2
            m_hat, v_hat = m[name] / (1 - beta1 ** (step + 1)), v[name] / (1 - beta2 ** (step + 1))
            decay = lr * weight_decay * values[name] if name in decayed else 0.0
            values[name] = values[name] - decay - lr * m_hat / (np.sqrt(v_hat) + eps)
    return values


def assert_close(got, wanted, rtol=1e-12):
    for name in wanted:
        np.testing.assert_allclose(got[name], wanted[name], rtol=rtol, atol=rtol, err_msg=name)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_sgd_is_the_formula(momentum):
    parameters = make_parameters()
    got = run(SGD(parameters, lr=0.03, momentum=momentum), parameters, steps=4)
    assert_close(got, sgd_by_hand(0.03, momentum, steps=4))


def test_adam_is_the_formula():
    parameters = make_parameters()
    got = run(Adam(parameters, lr=0.02, betas=(0.8, 0.97), eps=1e-3), parameters, steps=5)
    assert_close(got, adam_by_hand(0.02, 0.8, 0.97, 1e-3, 0.0, steps=5))


def test_adamw_is_the_formula_and_spares_vectors_from_decay():
    parameters = make_parameters()
    got = run(AdamW(parameters, lr=0.02, weight_decay=0.3), parameters, steps=5)
    assert_close(got, adam_by_hand(0.02, 0.9, 0.999, 1e-8, 0.3, steps=5))


def test_decay_follows_the_flag_not_the_shape():
    W = Parameter(np.ones((2, 3)), name="W", decay=False)
    b = Parameter(np.ones(3), name="b", decay=True)
    AdamW([W, b], lr=0.1, weight_decay=0.5).step()
    assert np.all(W.data == 1)
    np.testing.assert_allclose(b.data, 0.95)


def test_the_rate_of_a_parameter_multiplies_lr_for_its_step_and_its_decay():
    """Each parameter moves as under an optimiser of its own with lr times its rate."""
    rates = {"b": 2.0, "W": 4.0, "big": 1.0, "gamma": 0.5}
    builds = [lambda ps, lr: SGD(ps, lr=lr, momentum=0.9), lambda ps, lr: AdamW(ps, lr=lr, weight_decay=0.3)]
    for build in builds:
        parameters = make_parameters()
        for p in parameters:
            p.rate = rates[p.name]
        got = run(build(parameters, 0.02), parameters, steps=3)
        for name, rate in rates.items():
            alone = [p for p in make_parameters() if p.name == name]
            assert np.array_equal(run(build(alone, 0.02 * rate), alone, steps=3)[name], got[name]), name


def test_a_subclass_may_act_before_and_after_the_update():
    calls = []

    class Noting(SGD):
        def before_sweep(self):
            calls.append(("before", self.steps, p.data[0]))

        def after_sweep(self):
            calls.append(("after", self.steps, p.data[0]))

    p = Parameter(np.zeros(1), name="p")
    optimizer = Noting([p], lr=1.0)
    p.accumulate(np.ones(1))
    optimizer.step()
    assert calls == [("before", 1, 0.0), ("after", 1, -1.0)]


def test_the_first_step_of_adam_has_length_lr_in_every_element():
    p = Parameter(np.zeros(4), name="p")
    optimizer = Adam([p], lr=0.01)
    p.accumulate(np.array([1e-3, -5.0, 700.0, 0.0]))
    optimizer.step()
    np.testing.assert_allclose(p.data, [-0.01, 0.01, -0.01, 0.0], rtol=1e-4)


@pytest.mark.parametrize("build", [lambda ps: SGD(ps, lr=0.1, momentum=0.9), lambda ps: AdamW(ps, lr=0.1)])
def test_float32_stays_float32(build):
    parameters = make_parameters("float32")
    optimizer = build(parameters)
    run(optimizer, parameters, steps=2, dtype="float32")
    arrays = [optimizer.parameters.data, *optimizer.state()["arrays"].values(), *(p.data for p in parameters)]
    assert all(a.dtype == np.float32 for a in arrays)


def test_lr_can_be_set_between_steps():
    p = Parameter(np.zeros(2), name="p")
    optimizer = SGD([p], lr=1.0)
    p.accumulate(np.ones(2))
    optimizer.step()
    optimizer.lr = 0.25
    optimizer.step()
    assert np.array_equal(p.data, [-1.25, -1.25])


def test_frozen_parameters_are_skipped_and_changes_of_the_set_refused():
    parameters = make_parameters()
    parameters[1].trainable = False
    before = parameters[1].data.copy()
    optimizer = AdamW(parameters, lr=0.1)
    optimizer.step()
    assert np.array_equal(parameters[1].data, before)
    parameters[1].trainable = True
    with pytest.raises(RuntimeError, match="'W' was unfrozen after the optimizer was built"):
        optimizer.step()
    assert optimizer.steps == 1


def test_state_bytes_counts_the_moments():
    size = sum(int(np.prod(shape)) for shape in SHAPES.values())
    for build, wanted in [
        (lambda ps: SGD(ps, lr=0.1), 0),
        (lambda ps: SGD(ps, lr=0.1, momentum=0.5), 4 * size),
        (lambda ps: Adam(ps, lr=0.1), 8 * size),
    ]:
        assert build(make_parameters("float32")).state_bytes == wanted


@pytest.mark.parametrize("build", [lambda ps: SGD(ps, lr=0.1, momentum=0.9), lambda ps: AdamW(ps, lr=0.1)])
def test_state_goes_by_name_and_continues_bit_for_bit(build):
    parameters = make_parameters()
    optimizer = build(parameters)
    run(optimizer, parameters, steps=3)
    state = optimizer.state()
    copies = [Parameter(p.data.copy(), name=p.name) for p in reversed(parameters)]  # another order of the buffers
    wanted = run(optimizer, parameters, steps=5, first=3)
    resumed = build(copies)
    resumed.load_state(state)
    got = run(resumed, copies, steps=5, first=3)
    assert resumed.steps == optimizer.steps == 5
    assert all(np.array_equal(got[name], wanted[name]) for name in wanted)


def test_a_state_that_does_not_fit_is_refused_and_changes_nothing():
    parameters = make_parameters()
    optimizer = AdamW(parameters, lr=0.1)
    run(optimizer, parameters, steps=1)
    good = optimizer.state()
    arrays = good["arrays"]
    short = {name: a for name, a in arrays.items() if name != "v.gamma"}
    cases = [
        (good | {"kind": "SGD"}, "of SGD, the optimizer is AdamW"),
        (good | {"steps": None}, "steps must be an int, got None"),
        (good | {"arrays": short}, "'v.gamma' is not among the saved"),
        (good | {"arrays": arrays | {"m.new": np.ones(1)}}, "'m.new' has no place"),
        (good | {"arrays": arrays | {"m.W": np.ones((7, 3))}}, r"'m.W' was saved with shape \(7, 3\)"),
        (good | {"arrays": arrays | {"m.W": np.ones((3, 7), "float32")}}, "'m.W' was saved as float32"),
    ]
    for state, message in cases:
        with pytest.raises(ValueError, match=message):
            optimizer.load_state(state)
    assert all(np.array_equal(a, arrays[name]) for name, a in optimizer.state()["arrays"].items())


def test_state_needs_names():
    optimizer = SGD([Parameter(np.ones(2)), Parameter(np.ones(3))], lr=0.1, momentum=0.9)
    optimizer.step()
    with pytest.raises(ValueError, match="two parameters are named ''"):
        optimizer.state()


def test_bad_settings_are_refused_by_name():
    cases = [
        (lambda ps: SGD(ps, lr=-1.0), "lr must be a number >= 0, got -1.0"),
        (lambda ps: SGD(ps, lr=float("nan")), "lr must be"),
        (lambda ps: SGD(ps, lr=0.1, momentum=1.0), r"momentum must lie in \[0, 1\), got 1.0"),
        (lambda ps: Adam(ps, lr=0.1, betas=(0.9, 1.0)), "betas must lie"),
        (lambda ps: Adam(ps, lr=0.1, betas=(0.9,)), r"betas must be two numbers, \(beta1, beta2\), got \(0.9,\)"),
        (lambda ps: Adam(ps, lr=0.1, betas=0.9), "betas must be two numbers, .* got 0.9"),
        (lambda ps: Adam(ps, lr=0.1, eps=0.0), "eps must be a number > 0, got 0.0"),
        (lambda ps: Adam(ps, lr=0.1, eps=np.inf), "eps must be a number > 0, got inf"),
        (lambda ps: AdamW(ps, lr=0.1, weight_decay=-0.1), "weight_decay must be"),
    ]
    for build, message in cases:
        with pytest.raises(ValueError, match=message):
            build(make_parameters())
