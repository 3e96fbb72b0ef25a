"""A gradient that is put together of parts at hand: dy, other gradients, and what the layers inside returned."""

import numpy as np

from minilora.gradcheck.diagnosis import scale
from minilora.gradcheck.diagnosis.case import close, same
from minilora.gradcheck.diagnosis.pieces import gradients
from minilora.gradcheck.finding import Cause

MOST, WHOLE = 12, 1e-4  # parts; how near a share must be to a whole number


def combination(case):
    """Both gradients are sums of parts, and one part has another share in them: left out, too much, or scaled."""
    if not case.same_shape:
        return
    parts = _parts(case)
    if len(parts) < 2 or case.n.size < 2 * len(parts):
        return
    basis = np.stack([array[case.seen] for array in parts.values()], axis=1)
    in_a, in_n = (_shares(basis, g[case.seen], case.slack[case.seen]) for g in (case.a, case.n))
    if in_a is None or in_n is None:
        return
    if _proportional(in_a, in_n):  # one factor on all of them is no matter of parts
        return
    shares = [(name, a, n) for name, a, n in zip(parts, in_a, in_n, strict=True) if abs(a - n) > WHOLE]
    if len(shares) == 1:
        name, a, n = shares[0]
        if abs(n) > WHOLE:
            yield from scale.of_a_term(case, a / n, f"of the term {name}")
            return
    missing, extra = ([name for name, a, n in shares if (n - a) * sign > 0] for sign in (1, -1))
    says = {"lacks": " and ".join(missing), "has too much": " and ".join(extra)}
    message = "; ".join(f"{word} {names}" for word, names in says.items() if names) + "."
    if missing:
        yield case.finding(Cause.MISSING_TERM, message, matched=missing[0])
    if extra:
        yield case.finding(Cause.EXTRA_TERM, message, matched=extra[0])


def _parts(case):
    """{name: array}, each array once, under all its names."""
    dy, parts = case.context.arrays.get("dy"), {}
    candidates = [("dy", dy)] if dy is not None else []
    candidates += [(name, a) for name, a in case.context.arrays.items() if name.startswith("dx of ")]
    for name, array in (*candidates, *gradients(case)):
        if array.shape != case.n.shape or not array.any():
            continue
        twin = next((other for other in parts if same(array, parts[other])), None)
        if twin:
            parts = {f"{key} = {name}" if key == twin else key: value for key, value in parts.items()}
        elif len(parts) < MOST:
            parts[name] = array
    return parts


def _proportional(u, v):
    c = float(u @ v) / float(v @ v) if v.any() else 0.0
    return bool(np.allclose(u, c * v, atol=WHOLE))


def _shares(basis, gradient, slack):
    """The share of each part; None if the gradient is no sum of them, or the parts are not independent."""
    shares, _, rank, _ = np.linalg.lstsq(basis, gradient, rcond=1e-10)
    if rank < basis.shape[1] or not close(basis @ shares, gradient, 10 * slack).all():
        return None
    return shares
