"""What a gradient may pass on its way down: dy through a matrix, an activation, a softmax or a norm, built from arrays at hand.

A Node is one such array with what it was made of, so that two of them can be compared piece by piece.
"""

from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from minilora.gradcheck.diagnosis import activations
from minilora.gradcheck.diagnosis.case import STEP, is_mask
from minilora.gradcheck.diagnosis.pieces import broadcasts, fitted

MOST_NODES, MOST_ARRAYS = 1200, 20


@dataclass(frozen=True, eq=False)
class Node:
    """An array on the way down.

    base    the matrix that dy was multiplied by: (name, transposed or not), or None.
    factor  the name of what it was multiplied by entry by entry, or "".
    through "", or the way through a softmax or a norm, and its usual mistakes.
    """

    array: np.ndarray
    base: tuple[str, bool] | None = None
    factor: str = ""
    through: str = ""
    zeros: bool = False  # whether the factor is zero somewhere: a mask

    def __str__(self):
        text = "dy" if self.base is None else f"dy {self.base[0]}{'^T' if self.base[1] else ''}"
        text = f"({text}) * {self.factor}" if self.factor else text
        return f"[{self.through}: {text}]" if self.through else text


def nodes(case):
    """Every Node, the plain ones first, at most MOST_NODES."""
    dy = case.context.arrays.get("dy")
    if dy is None or not dy.ndim:
        return
    grouped = {a.shape for a in case.floating.values() if a.ndim and a.shape[-1] == dy.shape[-1] and a.size == dy.size}
    for shape in sorted({dy.shape, *grouped}, key=lambda shape: shape != dy.shape):  # heads may be stacked in groups
        yield from islice(_nodes(case, Node(dy.reshape(shape))), MOST_NODES)


def _nodes(case, dy):
    at_hand = dict(islice(((name, K) for name, K in case.floating.items() if name not in ("dy", case.output)), MOST_ARRAYS))
    once = list(_through_matrices(dy, at_hand))
    twice = [
        replace(other, base=(f"{_of(node.base)} {other.base[0]}", other.base[1]))
        for node in once
        for other in _through_matrices(node, at_hand)
    ][:MOST_ARRAYS]
    plain = [dy, *once, *twice]
    yield from plain
    slopes = list(elementwise_slopes(case))
    factored = [other for node in plain for other in _times(node, at_hand, slopes)]
    yield from factored
    for node in (*plain, *factored):
        yield from _softmaxes(case, node)
        yield from _norms(case, node)
    for node in factored:
        if node.base is None:
            yield from _through_matrices(node, at_hand)
    for node in factored:
        if node.factor in at_hand:
            yield from (replace(other, factor=f"{node.factor} {other.factor}") for other in _times(node, at_hand, slopes))


def _of(base):
    return f"{base[0]}{'^T' if base[1] else ''}"


def _through_matrices(node, at_hand):
    U = node.array
    for name, K in at_hand.items():
        if K.ndim < 2 or (K.ndim > 2 and K.shape[:-2] != U.shape[:-2]):
            continue
        if K.shape[-2] == U.shape[-1]:
            yield replace(node, array=U @ K, base=(name, False))
        if K.shape[-1] == U.shape[-1]:
            yield replace(node, array=U @ K.swapaxes(-1, -2), base=(name, True))


def _times(node, at_hand, slopes):
    """The node times an activation's derivative, a mask, or an array at hand."""
    U = node.array
    for name, K in at_hand.items():
        if K.shape == U.shape and K.ndim > 1 and not is_mask(K):
            for activation, F in activations.slopes(name, K):
                yield replace(node, array=U * F, factor=activation, zeros=bool((F == 0).any()))
        if K.size > 1 and K.ndim <= U.ndim and broadcasts(K.shape, U.shape) and np.ptp(K):
            yield replace(node, array=U * K, factor=name, zeros=bool((K == 0).any()))
    for name, F in slopes:
        if F.shape == U.shape:
            yield replace(node, array=U * F, factor=name, zeros=bool((F == 0).any()))


def elementwise_slopes(case):
    """(name, array): dh/dz for cached arrays h that are functions of cached arrays z, entry by entry: activations.

    Moving an input along two directions moves both; where the ratio of the two movements is the same, h is a function of z.
    """
    x, draw = case.context.arrays[case.name], np.random.default_rng(0)
    one, two = (case.cache_slopes(draw.standard_normal(x.shape), STEP / 8) for _ in range(2))
    for z in sorted(one.keys() & two.keys()):
        if not (np.abs(one[z]) > 1e-9).all() or not (np.abs(two[z]) > 1e-9).all():
            continue
        for other in sorted(one.keys() & two.keys()):
            if other == z or one[other].shape != one[z].shape:
                continue
            F, again = one[other] / one[z], two[other] / two[z]
            if np.allclose(F, again, rtol=1e-4, atol=1e-7) and np.ptp(F) > 1e-6:
                yield f"slope of {other} at {z}", np.where(np.abs(F) < 1e-9, 0.0, F)


def _softmaxes(case, node):
    """Back through a softmax whose output P is at hand, and with its usual mistakes."""
    U = node.array
    for name, P in case.floating.items():
        if P.shape != U.shape or P.ndim < 2 or P.min() < 0 or not np.allclose(P.sum(axis=-1), 1, atol=1e-9):
            continue
        inner = P * U
        for through, array in (
            ("", inner - P * inner.sum(axis=-1, keepdims=True)),
            (", without its sum", inner),
            (", summed over the wrong axis", inner - P * inner.sum(axis=-2, keepdims=True)),
            (", without the factor P", U - inner.sum(axis=-1, keepdims=True)),
        ):
            yield replace(node, array=array, through=f"back through softmax {name}{through}")


def _norms(case, node):
    """Back through a layer norm whose normalised xhat is at hand, without and with each row factor at hand."""
    U = node.array
    rows = [(name, K) for name, K in fitted(case, U.shape) if case.floating[name].size * U.shape[-1] == U.size]
    for name, K in case.floating.items():
        if K.shape != U.shape or K.ndim < 2 or not (np.abs(K.sum(axis=-1)) < 1e-9 * np.abs(K).sum(axis=-1)).all():
            continue
        if not np.allclose((K * K).mean(axis=-1), 1, atol=1e-3):
            continue
        through = U - U.mean(axis=-1, keepdims=True) - K * (U * K).mean(axis=-1, keepdims=True)
        back = f"back through the norm to {name}"
        yield replace(node, array=through, through=back)
        yield from (replace(node, array=through * row, through=f"{back}, times {other}") for other, row in rows)
        yield from (replace(node, array=through / row, through=f"{back}, over {other}") for other, row in rows if row.all())
