"""Rotary position embedding (Su et al. 2021, arXiv 2104.09864, equation 34).

    x, y, dy: (N, H, T, D), D even   positions: (T,) integers

    The D numbers of a head are D/2 points in the plane, x1 + i x2. Point j of the token at position t is turned by the angle
    t base^(-2j/D). Which numbers make a point is a convention: `interleaved` pairs (2j, 2j+1), otherwise (j, j + D/2).

    forward   (F1)  angle = positions base^(-2j/D)                 (T, D/2)
              (F2)  y  = (x1 cos(angle) - x2 sin(angle),  x1 sin(angle) + x2 cos(angle))
    backward  (B1)  dx = (dy1 cos(angle) + dy2 sin(angle),  -dy1 sin(angle) + dy2 cos(angle))

A rotation's transpose turns back: backward is forward by the opposite angle. The score q . k of two turned vectors depends on the
difference of their positions only.
"""

from minilora.backend import get_array_module
from minilora.ops.form import register, wanted


def rope_forward(x, positions, base=10000.0, interleaved=False):
    """x, turned. The cache holds cos, sin (both (T, D/2)) and interleaved. The angles are computed in float64 always."""
    xp = get_array_module(x)
    D = x.shape[-1]
    frequencies = base ** (-2 * xp.arange(D // 2, dtype=xp.float64) / D)
    angle = positions[:, None] * frequencies            # (F1)
    cos = xp.cos(angle).astype(x.dtype)
    sin = xp.sin(angle).astype(x.dtype)
    y = xp.empty_like(x)
    x1, x2 = points(x, interleaved)
    y1, y2 = points(y, interleaved)
    y1[...] = x1 * cos - x2 * sin                       # (F2)
    y2[...] = x1 * sin + x2 * cos                       # (F2)
    return y, (cos, sin, interleaved)


def rope_backward(dy, cache, needs=None):
    """The gradient dx."""
    cos, sin, interleaved = cache
    if not wanted(needs, "x"):
        return (None,)
    dx = get_array_module(dy).empty_like(dy)
    dy1, dy2 = points(dy, interleaved)
    dx1, dx2 = points(dx, interleaved)
    dx1[...] = dy1 * cos + dy2 * sin                    # (B1)
    dx2[...] = dy2 * cos - dy1 * sin                    # (B1)
    return (dx,)


def points(x, interleaved):
    """The two coordinates of the D/2 points, as views."""
    half = x.shape[-1] // 2
    return (x[..., 0::2], x[..., 1::2]) if interleaved else (x[..., :half], x[..., half:])


def rope_inputs(rng, N=2, H=3, T=5, D=14):
    return {"x": rng.standard_normal((N, H, T, D)), "positions": rng.integers(0, 50, T)}


register("rope", rope_forward, rope_backward, rope_inputs, lesson="06", base=10000.0, interleaved=False)
register("rope_interleaved", rope_forward, rope_backward, rope_inputs, lesson="06", base=10000.0, interleaved=True)
