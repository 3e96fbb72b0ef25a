"""Backward pairs neighbours where forward paired halves. Both must cut the D numbers alike.

fails at: dx (rope:B1)
cause: another pairing
"""

from minilora.backend import get_array_module
from minilora.ops.rope import points, rope_forward


def rope_backward(dy, cache, needs=None):
    cos, sin, interleaved = cache
    dx = get_array_module(dy).empty_like(dy)
    dy1, dy2 = points(dy, not interleaved)
    dx1, dx2 = points(dx, not interleaved)
    dx1[...] = dy1 * cos + dy2 * sin                    # (B1)
    dx2[...] = dy2 * cos - dy1 * sin                    # (B1)
    return (dx,)
