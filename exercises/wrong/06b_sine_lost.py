"""dx is dy cos alone. Each number of a pair reached both outputs, so two terms come back.

fails at: dx (rope:B1)
cause: one of two ways back
"""

from minilora.backend import get_array_module
from minilora.ops.rope import points, rope_forward


def rope_backward(dy, cache, needs=None):
    cos, sin, interleaved = cache
    dx = get_array_module(dy).empty_like(dy)
    dy1, dy2 = points(dy, interleaved)
    dx1, dx2 = points(dx, interleaved)
    dx1[...] = dy1 * cos                                # (B1)
    dx2[...] = dy2 * cos                                # (B1)
    return (dx,)
