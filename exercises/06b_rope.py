"""Rotary position embedding (Su et al. 2021, arXiv 2104.09864, equation 34).

    x, y, dy: (N, H, T, D), D even   positions: (T,) integers

    The D numbers of a head are D/2 points in the plane, x1 + i x2. Point j of the token at position t is turned by the angle
    t base^(-2j/D). Which numbers make a point is a convention: `interleaved` pairs (2j, 2j+1), otherwise (j, j + D/2).

    forward   (F1)  angle = positions base^(-2j/D)                 (T, D/2)
              (F2)  y  = (x1 cos(angle) - x2 sin(angle),  x1 sin(angle) + x2 cos(angle))
    backward  (B1)  dx = ...

A rotation's transpose turns back: backward is forward by the opposite angle. The score q . k of two turned vectors depends on the
difference of their positions only.

Exercise 06b, lesson 06: Rotary positions, both conventions.
Write rope_forward and rope_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 06b       tests this file
    minilora exercise hint 06b        one hint more, each time
"""

from minilora.backend import get_array_module
from minilora.ops.form import wanted


def rope_forward(x, positions, base=10000.0, interleaved=False):
    """x, turned. The cache holds cos, sin (both (T, D/2)) and interleaved. The angles are computed in float64 always."""
    # (F1)  angle =
    # (F2)  y =
    raise NotImplementedError("06b: write rope_forward")


def rope_backward(dy, cache, needs=None):
    """The gradient dx."""
    # (B1)  dx =
    raise NotImplementedError("06b: write rope_backward")


def points(x, interleaved):
    """The two coordinates of the D/2 points, as views."""
    half = x.shape[-1] // 2
    return (x[..., 0::2], x[..., 1::2]) if interleaved else (x[..., :half], x[..., half:])


def rope_inputs(rng, N=2, H=3, T=5, D=14):
    return {"x": rng.standard_normal((N, H, T, D)), "positions": rng.integers(0, 50, T)}
