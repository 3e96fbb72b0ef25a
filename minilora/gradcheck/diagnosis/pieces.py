"""The arrays at hand, fitted to the shape of a gradient, and what can be made of them."""

from itertools import combinations

import numpy as np

from minilora.gradcheck.context import is_cached

MOST_FACTORS = 24  # arrays that are combined with each other


def fitted(case, shape=None):
    """(name, array broadcast to `shape`) of every array at hand that fits it, by its last axes or by its first ones.

    shape: the gradient's, if it is not given. The input itself, y and dy are among them; an array of equal numbers is not.
    """
    shape = case.n.shape if shape is None else shape
    for name, array in case.floating.items():
        if array.ndim == 0 or array.size < 2 or np.ptp(array) == 0:
            continue
        for form in _forms(array, shape):
            yield name, np.broadcast_to(form, shape)
            break


def _forms(array, shape):
    if array.ndim <= len(shape) and broadcasts(array.shape, shape):
        yield array
    if array.size == np.prod(shape) and array.shape[-1] == shape[-1]:  # rows, flattened
        yield array.reshape(shape)
    if array.shape == shape[: array.ndim]:
        yield array.reshape(array.shape + (1,) * (len(shape) - array.ndim))


def broadcasts(sizes, shape):
    """Whether an array of these sizes broadcasts to the shape."""
    return all(size in (1, full) for size, full in zip(reversed(sizes), reversed(shape), strict=False))


def factors(case, shape=None):
    """(name, array): what `fitted` gives, and the products of two."""
    singles = list(fitted(case, shape))[:MOST_FACTORS]
    yield from singles
    for (one, u), (other, v) in combinations(singles, 2):
        yield f"{one} {other}", u * v
    yield from ((f"{name}^2", u * u) for name, u in singles)
    for name, u in singles:
        if is_cached(name) or name == case.output:  # derivatives of a sigmoid and of tanh, by their values
            yield f"{name}(1-{name})", u * (1 - u)
            yield f"(1-{name}^2)", 1 - u * u


def spreads(case):
    """(name, M): dy, and dy times each array that fits it: what a gradient is summed from."""
    dy = case.context.arrays.get("dy")
    if dy is None or dy.ndim == 0:
        return
    yield "dy", dy
    for name, array in fitted(case, dy.shape):
        if name not in ("dy", case.output):
            yield f"dy {name}", dy * array


def gradients(case):
    """(name, array) of the other inputs' gradients that have this one's shape."""
    for other, (a, n) in case.others.items():
        if other == case.name:
            continue
        if n is not None and n.shape == case.n.shape:
            yield f"the gradient of {other}", n
        if a is not None and a.shape == case.n.shape:
            yield f"the gradient of {other}", a


def matrix_products(case):
    """(name, array): products of two arrays at hand, over their rows or as matrices, that have the gradient's shape."""
    arrays = [(name, a) for name, a in case.floating.items() if a.ndim >= 2][:MOST_FACTORS]
    for one, u in arrays:
        for other, v in arrays:
            if case.n.ndim == 2 and (u.shape[-1], v.shape[-1]) == case.n.shape and u.shape[:-1] == v.shape[:-1]:
                yield f"{one}^T {other}", u.reshape(-1, u.shape[-1]).T @ v.reshape(-1, v.shape[-1])
            if u.shape[-1] == v.shape[-2] and u.ndim >= v.ndim:
                yield from _product(case, f"{one} {other}", u, v)
            if u.shape[-1] == v.shape[-1] and one != other and u.ndim >= v.ndim:
                yield from _product(case, f"{one} {other}^T", u, v.swapaxes(-1, -2))
            if u.ndim > 2 and u.ndim == v.ndim and u.shape[-2] == v.shape[-2] and one != other:
                yield from _product(case, f"{one}^T {other}", u.swapaxes(-1, -2), v)


def _product(case, name, u, v):
    try:
        product = u @ v
    except ValueError:
        return
    if product.shape == case.n.shape:
        yield name, product
