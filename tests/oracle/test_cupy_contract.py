"""Whatever the library calls is in the installed CuPy wheel, with those arguments. It needs no GPU: only signatures are read."""

import inspect
import re

import pytest

cupy = pytest.importorskip("cupy")
import cupyx.scipy.special  # noqa: E402

UFUNC_KEYWORDS = {"out", "dtype", "casting"}  # all that CuPy's ufunc.__call__ takes; no where=
VARIADIC_KEYWORDS = {"einsum": {"dtype", "optimize"}}  # of functions whose signature ends in **kwargs


def complaint(call):
    """Why CuPy cannot be called like this; None if it can."""
    name = call.name
    if call.kind in ("attribute", "operator", "method"):
        owner, name = cupy.ndarray, call.name
    elif name == "erf":
        owner = cupyx.scipy.special
    else:
        *path, name = call.name.split(".")
        owner = getattr(cupy, path[0], None) if path else cupy
    if not hasattr(owner, name):
        return f"CuPy has no {call.name}"
    if call.kind in ("function", "ufunc", "method"):
        return _complaint_of_arguments(call, getattr(owner, name))
    return None


def _complaint_of_arguments(call, found):
    if isinstance(found, cupy.ufunc):
        unknown = set(call.keywords) - UFUNC_KEYWORDS
        return f"CuPy's {call.name} takes no {sorted(unknown)}" if unknown or call.positional > found.nargs else None
    signature = _signature(found)
    variadic = [p for p in signature.parameters.values() if p.kind is p.VAR_KEYWORD]
    unknown = set(call.keywords) - VARIADIC_KEYWORDS.get(call.name, set())
    if variadic and unknown:
        return f"CuPy's {call.name} is not known to take {sorted(unknown)}"
    try:
        signature.bind(*[None] * call.positional, **dict.fromkeys(call.keywords))
    except TypeError as error:
        return f"CuPy's {call.name}{signature}: {error}"
    return None


def _signature(found):
    """A compiled method's is the first line of its docstring, such as `_ndarray_base.sort(self, int axis=-1) -> None`."""
    if inspect.isfunction(found) or not hasattr(found, "__objclass__"):
        return inspect.signature(found)
    arguments = re.search(r"\(self(?:, )?(.*)\)(?: ->.*)?$", found.__doc__.strip().splitlines()[0]).group(1)
    untyped = re.sub(r"(^|, )\w+ (\w)", r"\1\2", arguments)
    return inspect.signature(eval(f"lambda {untyped}: None"))


@pytest.fixture
def calls(strict, run_on, monkeypatch):
    """Runs a scenario on the stand-in and returns the set of its calls."""
    from strict_array import recorder

    def record(scenario):
        with monkeypatch.context() as patch:
            patch.setattr(recorder, "calls", set())
            run_on(strict, scenario)
            return recorder.calls

    return record


def test_cupy_has_all_that_is_called(scenario, calls):
    complaints = [text for call in sorted(calls(scenario)) if (text := complaint(call))]
    assert not complaints, "\n".join(complaints)


def test_every_kind_of_call_is_recorded(calls):
    """Else the test above would prove nothing."""
    from scenarios import SCENARIOS
    from strict_array import Call

    names = ("low rank analysis", "lora", "op embedding float64", "op gelu_erf float64")
    seen = set().union(*(calls(SCENARIOS[name]) for name in names))
    assert {call.kind for call in seen} == {"attribute", "constant", "function", "method", "operator", "ufunc", "ufunc method"}
    assert Call("function", "linalg.svd", 1, ("full_matrices",)) in seen
    assert Call("ufunc method", "add.at", 3) in seen
    assert Call("ufunc", "erf", 1) in seen
    assert Call("method", "sum", 0, ("axis", "keepdims")) in seen


def test_the_stand_in_offers_no_method_that_cupy_lacks(strict):
    from strict_array import ATTRIBUTES, IN_PLACE, METHODS, OPERATORS

    assert [name for name in METHODS + ATTRIBUTES + OPERATORS + IN_PLACE if not hasattr(cupy.ndarray, name)] == []
    assert all(_signature(getattr(cupy.ndarray, name)) for name in METHODS)


@pytest.mark.parametrize(
    "call",
    [
        ("function", "vecdot", 2),
        ("function", "linalg.svdvals", 1),
        ("function", "linalg.svd", 1, ("hermitian",)),
        ("function", "sum", 1, ("where",)),
        ("function", "max", 1, ("initial",)),
        ("function", "clip", 1, ("min",)),
        ("function", "einsum", 2, ("out",)),
        ("function", "zeros_like", 6),
        ("ufunc", "exp", 1, ("where",)),
        ("ufunc", "exp", 3),
        ("ufunc", "matmul", 2, ("subok",)),
        ("ufunc method", "add.nothing", 2),
        ("constant", "float128"),
        ("method", "resize", 1),
        ("method", "sum", 0, ("initial",)),
        ("method", "argsort", 0, ("stable",)),
        ("method", "swapaxes", 1),
        ("method", "trace", 6),
        ("operator", "__imatmul__"),
        ("attribute", "ctypes"),
    ],
    ids=lambda call: " ".join(map(str, call)),
)
def test_a_call_that_cupy_cannot_answer_is_found(call, strict):
    from strict_array import Call

    assert "CuPy" in complaint(Call(*call))


@pytest.mark.parametrize(
    "call",
    [
        ("function", "linalg.svd", 1, ("full_matrices",)),
        ("function", "sum", 1, ("axis", "keepdims")),
        ("function", "clip", 3),
        ("function", "einsum", 3, ("optimize",)),
        ("ufunc", "exp", 1, ("out",)),
        ("ufunc", "matmul", 2, ("out",)),
        ("ufunc", "erf", 1, ("out",)),
        ("ufunc method", "add.at", 3),
        ("constant", "float32"),
        ("method", "sum", 0, ("axis", "keepdims")),
        ("method", "reshape", 4),
        ("method", "swapaxes", 2),
        ("method", "dot", 1),
        ("operator", "__iadd__"),
        ("attribute", "T"),
    ],
    ids=lambda call: " ".join(map(str, call)),
)
def test_a_call_that_cupy_can_answer_passes(call, strict):
    from strict_array import Call

    assert complaint(Call(*call)) is None
