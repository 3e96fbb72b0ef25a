"""The map of training in a random subspace: D weights move along d random directions (Li et al. 2018, arXiv 1804.08838).

    P: (D, d), random columns of length 1   z: (d,), what is trained   theta: (D,), the weights' change   g = dL/dtheta: (D,)

    (J1)  P      =  ...
    (J2)  theta  =  ...
    (J3)  dz     =  P^T g                      the backward of (J2), because <P z, g> = <z, P^T g>

The smallest d that reaches 90 % of the full training's result is their *intrinsic dimension* of a task. P is never stored: each
call draws it again, column after column, from the seed, and holds BLOCK numbers of it at a time, or one column. The time is that
of drawing D d normal numbers. The columns do not depend on d: with a larger d the first ones stay as they were.

Exercise 15a, lesson 15: Weights from a few numbers.
Write expand. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 15a       tests this file
    minilora exercise hint 15a        one hint more, each time
"""

from numbers import Integral

from minilora import backend

BLOCK = 1 << 20  # numbers of P in memory at a time: 8 MiB


def expand(z, seed, D):
    """The change theta (D,) of the weights for z (d,), in z's dtype.

    ValueError unless z is 1-D with 1 <= d <= D, and seed a whole number.
    """
    # (J1)  P =
    # (J2)  theta =
    raise NotImplementedError("15a: write expand")


def _drawn(like, name, seed, d, D):
    """The p_i by blocks: the first one's index and the block, one a row (rows, D), as arrays like `like`."""
    if like.ndim != 1 or like.dtype.kind != "f":
        raise ValueError(f"{name} must be a vector of floats, got shape {tuple(like.shape)} of {like.dtype}")
    if d not in range(1, D + 1):
        raise ValueError(f"d must be between 1 and D={D}, got {d}")
    if not isinstance(seed, Integral):
        raise ValueError(f"seed must be a whole number, got {type(seed).__name__}: every call has to draw the same P")
    xp, rng = backend.get_array_module(like), backend.as_generator(int(seed))
    step = max(1, BLOCK // D)
    for i in range(0, d, step):
        yield i, xp.asarray(rng.standard_normal((min(step, d - i), D)), dtype=like.dtype)
