"""Every registered pair, whatever it computes: gradients, needs, dtypes, memory layouts, nothing changed, nothing left out."""

import importlib
import inspect
import itertools
import math
import pkgutil
import types

import numpy as np
import pytest

import minilora.ops
from minilora.gradcheck import check
from minilora.ops import registry

MODULES = [importlib.import_module(f"minilora.ops.{m.name}") for m in pkgutil.iter_modules(minilora.ops.__path__)]
every_op = pytest.mark.parametrize("op", registry.values(), ids=registry)


def make(op, dtype="float64", **sizes):
    inputs = op.make_inputs(np.random.default_rng(5), **sizes)
    return {name: a.astype(dtype) if a.dtype.kind == "f" else a for name, a in inputs.items()}


def floating(inputs):
    return [name for name, a in inputs.items() if a.dtype.kind == "f"]


def cotangent(y):
    return np.asarray(np.random.default_rng(6).standard_normal(y.shape), dtype=y.dtype)


def run(op, inputs, needs=None):
    """y and {input name: gradient}."""
    y, cache = op.forward(**inputs, **op.constants)
    return y, dict(zip(floating(inputs), op.backward(cotangent(y), cache, needs), strict=True))


def size_choices(op):
    """Other sizes than the default ones: all 1, each in turn 1, and all one larger."""
    sizes = {k: p.default for k, p in inspect.signature(op.make_inputs).parameters.items() if isinstance(p.default, int)}
    least = {name: 2 if op.name.startswith("rope") and name == "D" else 1 for name in sizes}  # points have two numbers
    larger = {name: size + (2 if name == "D" else 1) for name, size in sizes.items()}
    if "K" in sizes:
        larger["H"] = 3 * larger["K"]
    choices = {"all least": least, "larger": larger}
    for name in sizes:
        choices[f"{name} least"] = sizes | {name: least[name]} | ({"K": 1} if name == "H" and "K" in sizes else {})
    return choices


@every_op
def test_gradients(op):
    report = check(op.forward, op.backward, op.make_inputs(np.random.default_rng(0)), op.constants, rtol=1e-6)
    assert report.ok, str(report)


@pytest.mark.parametrize(
    ("op", "sizes"),
    [pytest.param(op, sizes, id=f"{op.name}, {what}") for op in registry.values() for what, sizes in size_choices(op).items()],
)
def test_gradients_at_other_sizes(op, sizes):
    constants = op.constants | ({"eps": 0.1} if "eps" in op.constants else {})  # at C = 1, eps is all that an RMS norm does
    report = check(op.forward, op.backward, op.make_inputs(np.random.default_rng(1), **sizes), constants, rtol=1e-6)
    assert report.ok, str(report)


def unregistered(modules):
    """The names of `*_forward` functions defined in the modules that no entry of the registry uses."""
    registered = {op.forward for op in registry.values()}
    names = [(module, name) for module in modules for name in vars(module) if name.endswith("_forward")]
    functions = {f"{module.__name__}.{name}": getattr(module, name) for module, name in names}
    return [place for place, f in functions.items() if place.startswith(f"{f.__module__}.") and f not in registered]


def test_every_forward_is_registered():
    assert unregistered(MODULES) == []


def test_a_forward_that_is_not_registered_is_noticed():
    planted = types.ModuleType("planted")
    exec("def cube_forward(x): return x * x * x, (x,)", vars(planted))
    planted.cube_forward.__module__ = "planted"
    assert unregistered([*MODULES, planted]) == ["planted.cube_forward"]


@every_op
def test_the_entry_is_whole(op):
    stem = op.forward.__name__.removesuffix("_forward")
    assert op.backward.__name__ == f"{stem}_backward"
    assert op.backward.__module__ == op.forward.__module__
    assert op.name.startswith(stem)
    assert len(op.lesson) == 2 and op.lesson.isdigit()
    assert op.forward.__doc__ and op.backward.__doc__
    parameters = inspect.signature(op.forward).parameters
    assert not set(op.constants) - set(parameters)
    arrays = [name for name in parameters if name not in op.constants]
    assert set(op.make_inputs(np.random.default_rng(0))) <= set(arrays)


def test_the_registry_cannot_be_written_and_refuses_a_second_of_a_name():
    with pytest.raises(TypeError):
        registry["linear"] = None
    op = registry["linear"]
    with pytest.raises(ValueError, match="'linear' is registered already"):
        minilora.ops.register("linear", op.forward, op.backward, op.make_inputs, lesson="02")


@every_op
def test_inputs_come_from_the_generator_in_float64(op):
    one, two = (op.make_inputs(np.random.default_rng(3)) for _ in range(2))
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert {a.dtype.name for a in one.values() if a.dtype.kind == "f"} == {"float64"}


@every_op
def test_needs_gives_what_is_asked_for_and_none_for_the_rest(op):
    inputs = make(op)
    _, complete = run(op, inputs)
    assert all(gradient is not None for gradient in complete.values())
    for count in range(len(complete) + 1):
        for subset in itertools.combinations(complete, count):
            _, some = run(op, inputs, needs=set(subset))
            for name, gradient in some.items():
                if name in subset:
                    assert np.array_equal(gradient, complete[name]), (name, subset)
                else:
                    assert gradient is None, (name, subset)


@every_op
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype_stays(op, dtype):
    inputs = make(op, dtype)
    y, gradients = run(op, inputs)
    assert y.dtype == dtype
    assert {name: str(g.dtype) for name, g in gradients.items()} == dict.fromkeys(gradients, dtype)


@every_op
def test_a_loss_takes_a_plain_number_from_above_and_keeps_the_dtype(op):
    y, cache = op.forward(**make(op, "float32"), **op.constants)
    if y.shape == ():
        assert {g.dtype.name for g in op.backward(1.0, cache)} == {"float32"}


@every_op
def test_float32_is_float64_rounded(op):
    y32, g32 = run(op, make(op, "float32"))
    y64, _ = run(op, make(op))
    np.testing.assert_allclose(y32, y64, rtol=1e-4, atol=1e-5)
    g64 = dict(zip(g32, op.backward(cotangent(y32), op.forward(**make(op), **op.constants)[1]), strict=True))
    for name in g32:
        np.testing.assert_allclose(g32[name], g64[name], rtol=1e-3, atol=1e-4, err_msg=name)


@every_op
def test_nothing_given_is_changed_and_nothing_returned_lies_in_it(op):
    inputs = make(op)
    for a in inputs.values():
        a.flags.writeable = False
    y, cache = op.forward(**inputs, **op.constants)
    dy = cotangent(y)
    dy.flags.writeable = False
    kept = np.copy(y)
    gradients = op.backward(dy, cache)
    assert np.array_equal(y, kept)
    for given in [*inputs.values(), dy, y]:
        for returned in gradients:
            assert not np.may_share_memory(returned, given)
    assert not any(np.may_share_memory(y, given) for given in inputs.values())


@every_op
def test_backward_may_be_called_twice_on_a_cache(op):
    """The op is pure: that a layer's cache is consumed is the layer's rule."""
    y, cache = op.forward(**make(op), **op.constants)
    first, second = (op.backward(cotangent(y), cache) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def laid_out(a, number):
    """The same values, with the axes in memory in another order."""
    if a.ndim == 0:
        return a
    order = list(itertools.permutations(range(a.ndim)))[number % math.factorial(a.ndim)]
    return np.ascontiguousarray(a.transpose(order)).transpose(np.argsort(order))


@every_op
def test_the_memory_layout_of_the_inputs_does_not_matter(op):
    inputs = make(op)
    y, gradients = run(op, inputs)
    for number in range(math.factorial(max(a.ndim for a in inputs.values()))):
        other_y, cache = op.forward(**{name: laid_out(a, number) for name, a in inputs.items()}, **op.constants)
        others = op.backward(laid_out(cotangent(y), number), cache)
        np.testing.assert_allclose(other_y, y, rtol=1e-12, atol=1e-13)
        for (name, gradient), other in zip(gradients.items(), others, strict=True):
            np.testing.assert_allclose(other, gradient, rtol=1e-11, atol=1e-12, err_msg=f"{name}, layout {number}")


@every_op
def test_forward_and_backward_are_linear_in_the_cotangent(op):
    """A backward is a linear map: twice dy is twice the gradient, and zero gives zero."""
    y, cache = op.forward(**make(op), **op.constants)
    dy = cotangent(y)
    for one, two, none in zip(*(op.backward(c * dy, cache) for c in (1, 2, 0)), strict=True):
        np.testing.assert_allclose(two, 2 * one, rtol=1e-12, atol=1e-300)
        assert not none.any()


@pytest.mark.parametrize("name", [name for name in registry if name.endswith("_steps")])
@pytest.mark.parametrize("rows", [1, 3, 20_011])
def test_the_fast_pair_equals_the_steps(name, rows):
    """Also where the arrays are longer than a block of those that a fast pair may cut them into."""
    steps, fast = registry[name], registry[name.removesuffix("_steps")]
    inputs = make(steps, N=rows)
    y, gradients = run(fast, inputs)
    y_steps, gradients_steps = run(steps, inputs)
    np.testing.assert_allclose(y, y_steps, rtol=1e-12, atol=1e-14)
    for key, gradient in gradients_steps.items():
        np.testing.assert_allclose(gradients[key], gradient, rtol=1e-9, atol=1e-13, err_msg=key)
