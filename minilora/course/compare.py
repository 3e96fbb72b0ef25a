"""How an array differs from the library's, in words."""

import numpy as np

TOLERANCE = 1e-9  # relative to the largest entry: another order of summation passes, another formula does not


def unlike(name, got, expected):
    """What keeps `got` from being comparable: shape or dtype, in words; None if nothing."""
    if got is None:
        return f"{name} is None, expected an array of shape {np.shape(expected)}"
    if got.shape != np.shape(expected):
        return f"{name} has shape {got.shape}, expected {np.shape(expected)}"
    wanted = np.result_type(expected)
    if got.dtype.kind == wanted.kind == "f" and got.dtype != wanted:
        return f"{name} has dtype {got.dtype}, expected {wanted}, that of the inputs"
    return None


def unequal(name, got, expected):
    """The first entry that differs, in words; None if there is none. Infinities must be the same, NaN is never right."""
    got, expected = (np.asarray(a, dtype=np.float64) for a in (got, expected))  # two booleans have no difference
    finite = np.abs(expected[np.isfinite(expected)])
    with np.errstate(invalid="ignore"):
        near = np.abs(got - expected) <= TOLERANCE * (finite.max() if finite.size else 1)
    wrong = ~(near | (got == expected))
    if not wrong.any():
        return None
    index = tuple(map(int, np.argwhere(wrong)[0]))
    place = f"{name}[{', '.join(map(str, index))}]" if index else name
    return f"{place}  got {got[index]:.9g}, expected {expected[index]:.9g} ({int(wrong.sum())} of {wrong.size} entries differ)"
