"""Formulas for both gradients, found by trying: how each comes from dy, and at which piece they differ.

A path is a Node and a reading of it into the gradient's shape. Where the analytic and the numeric gradient each are a path, or
their difference is one, the mistake stands between the two formulas.
"""

from dataclasses import dataclass

import numpy as np

from minilora.gradcheck.diagnosis import activations, scale
from minilora.gradcheck.diagnosis.case import close, is_mask, multiple
from minilora.gradcheck.diagnosis.nodes import Node, nodes
from minilora.gradcheck.diagnosis.zeros import is_dropout
from minilora.gradcheck.finding import Cause

FEWEST, LARGEST = 4, 20_000  # entries: fewer may agree by chance, more take too long


@dataclass(frozen=True, eq=False)
class Path:
    """A node U read into the gradient's shape: how ("", "sum", "U X", "U^T X", "reshaped", "scatter", ...), and X by name."""

    array: np.ndarray
    node: Node
    how: str = ""
    X: str = ""

    def __str__(self):
        U = f"({self.node})" if self.how else str(self.node)
        words = {"": U, "sum": f"sum {U}", "scatter": f"scatter {U} by {self.X}", "reshaped": f"reshaped {self.X}^T {U}"}
        return words.get(self.how) or self.how.replace("U", U).replace("X", self.X)


def different_paths(case):
    """The analytic gradient is one path, the numeric one another; or the difference is one."""
    if not case.same_shape or not FEWEST <= case.n.size <= LARGEST or multiple(case.a, case.n, case.slack):
        return
    got = due = apart = None
    for path in _paths(case):
        if not np.abs(path.array).max(initial=0.0) > 0:
            continue
        got = _better(got, path, multiple(case.a, path.array, case.slack))
        due = _better(due, path, multiple(case.n, path.array, case.slack))
        apart = _better(apart, path, multiple(case.d, path.array, case.slack))
        if _exact(got) and _exact(due):
            break
    if got and due:
        yield from _compared(case, *got, *due)
    elif apart and not due:
        yield from _another_term(case, *apart)


def _better(found, path, c):
    """(path, c), the first one, or the first one with a factor of 1 or -1."""
    return (path, c) if c is not None and (found is None or (not _exact(found) and _is_one(c))) else found


def _exact(found):
    return found is not None and _is_one(found[1])


def _is_one(c):
    return abs(abs(c) - 1) < 1e-6


def _another_term(case, path, c):
    """A term of the sum that is missing, too much, or scaled."""
    ratio = _ratio(case, path, c)
    if ratio is not None:
        yield from scale.of_a_term(case, ratio, f"of the term {path}")
        return
    says = f"the difference is {_times(c)}{path}."
    missing = case.finding(Cause.MISSING_TERM, f"lacks a term: {says}", matched=str(path), factor_of_term=c)
    extra = case.finding(Cause.EXTRA_TERM, f"has a term too much: {says}", matched=str(path), factor_of_term=c)
    yield from (missing, extra) if c < 0 else (extra, missing)


def _ratio(case, path, c):
    """How many times too large the term is in the analytic gradient, if the numeric one is it and one other path; else None."""
    known = np.isfinite(case.slack)
    for other in _paths(case):
        basis = np.stack([path.array[known], other.array[known]], axis=1)
        (in_n, rest), _, rank, _ = np.linalg.lstsq(basis, case.n[known], rcond=1e-10)
        if rank < 2 or abs(in_n) < 1e-6 or abs(rest) < 1e-6:
            continue
        if close(basis @ (in_n, rest), case.n[known], case.slack[known]).all():
            return (in_n + c) / in_n
    return None


def _times(c):
    return "" if _is_one(c) else f"{abs(c):.6g} times "


def _compared(case, got, in_a, due, in_n):
    """Findings from two formulas: the first piece at which they differ."""
    one, other = ("", "") if abs(in_a - in_n) < 1e-6 * abs(in_n) else (_times(in_a), _times(in_n))
    says = f"is {one}{got}; it should be {other}{due}."
    if due.node.through.startswith("back through softmax") and got.node.factor and not got.node.through:
        yield case.finding(Cause.MISSING_CENTERING, says, matched=got.node.factor)
    elif got.how != due.how or got.node.base != due.node.base and _base(got) == _base(due):
        cause = {"reshaped": Cause.RESHAPED, "sum": Cause.WRONG_AXIS}.get(got.how, Cause.TRANSPOSED)
        yield case.finding(cause, says, matched=str(due))
    elif got.node.through != due.node.through:
        yield from _other_way(case, got, says)
    elif got.node.factor != due.node.factor:
        yield from _other_factor(case, got.node, due.node, says)
    elif got.X != due.X:
        yield from _other_array(case, got.X, due.X, says)


def _base(path):
    return path.node.base and path.node.base[0]


def _other_way(case, got, says):
    cause = Cause.MISSING_TERM
    for words, meant in (
        ("without its sum", Cause.MISSING_CENTERING),
        ("wrong axis", Cause.WRONG_AXIS),
        ("without the factor", Cause.MISSING_FEATURE_FACTOR),
    ):
        if words in got.node.through:
            cause = meant
    yield case.finding(cause, says, matched=got.node.through)


def _other_factor(case, got, due, says):
    name = due.factor or got.factor
    lost = [part for part in due.factor.split() if part not in got.factor.split()]
    masks = [part for part in lost if part in case.floating and is_mask(case.floating[part])]
    if masks or (due.zeros and not got.zeros):
        name = masks[0] if masks else name
        if is_dropout(case):
            yield case.finding(Cause.DROPOUT_MASK_NOT_REUSED, says, matched=name)
        yield case.finding(Cause.MASK_MISSING, says, matched=name)
    elif activations.is_half(got.factor, due.factor):
        yield case.finding(Cause.MISSING_TERM, f"{says} The product rule has a second term.", matched=name)
    else:
        yield case.finding(Cause.MISSING_FEATURE_FACTOR, says, matched=name)


def _other_array(case, got, due, says):
    one, other = case.floating.get(got), case.floating.get(due)
    if one is not None and other is not None and one.shape == other.shape and ((other == 0) & (one != 0)).any():
        if is_dropout(case):
            yield case.finding(Cause.DROPOUT_MASK_NOT_REUSED, says, matched=due)
        yield case.finding(Cause.MASK_MISSING, says, matched=due)
    else:
        yield case.finding(Cause.WRONG, says, matched=due)


def _paths(case):
    shape = case.n.shape
    for node in nodes(case):
        U = node.array
        if _fits(U.shape, shape):
            yield Path(U.reshape(shape), node)
        if U.ndim > len(shape) and U.shape[U.ndim - len(shape) :] == shape:
            yield Path(U.sum(axis=tuple(range(U.ndim - len(shape)))), node, "sum")
        for name, X in case.floating.items():
            if name != "dy" and X.ndim >= 2:
                yield from _products(shape, node, U, name, X)
        for name, ids in case.context.arrays.items():
            if (
                ids.dtype.kind in "iu"
                and U.shape == (*ids.shape, *shape[1:])
                and 0 <= ids.min(initial=0)
                and ids.max(initial=0) < shape[0]
            ):
                scattered = np.zeros(shape)
                np.add.at(scattered, ids, U)
                yield Path(scattered, node, "scatter", name)


def _products(shape, node, U, name, X):
    rows_agree = U.shape[:-1] == X.shape[:-1]
    if rows_agree and len(shape) == 2:
        u, x = U.reshape(-1, U.shape[-1]), X.reshape(-1, X.shape[-1])
        for how, product in (("U^T X", lambda: u.T @ x), ("X^T U", lambda: x.T @ u)):
            if shape == ((u.shape[1], x.shape[1]) if how == "U^T X" else (x.shape[1], u.shape[1])):
                yield Path(product(), node, how, name)
        mixed = x.reshape(x.shape[1], -1)
        square = X.ndim == 2 and X.shape[0] == X.shape[1]
        if shape == (x.shape[1], u.shape[1]) and not square:
            yield Path(mixed @ u, node, "reshaped", name)
        if shape == (u.shape[1], x.shape[1]) and not square:
            yield Path((mixed @ u).T, node, "reshaped", name)
    if X.ndim > 2 and X.shape[:-2] != U.shape[:-2]:
        return
    batched = [("U X", X, U), ("U X^T", X.swapaxes(-1, -2), U)]
    if U.ndim == X.ndim:
        batched += [("U^T X", X, U.swapaxes(-1, -2)), ("X^T U", U, X.swapaxes(-1, -2)), ("X U", U, X)]
    for how, right, left in batched:
        if (
            left.shape[-1] == right.shape[-2]
            and _fits((*left.shape[:-1], right.shape[-1]), shape)
            and (left.ndim > 2 or how not in ("U^T X", "X^T U"))
        ):
            yield Path((left @ right).reshape(shape), node, how, name)


def _fits(sizes, shape):
    """Whether this is the gradient's shape, but for axes before the last that are stacked or apart."""
    return sizes == shape or (len(shape) > 2 and sizes[-1] == shape[-1] and np.prod(sizes) == np.prod(shape))
