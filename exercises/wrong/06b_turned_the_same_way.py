"""dx is dy turned forward, by the same angle. The transpose of a rotation turns back.

fails at: dx (rope:B1)
cause: sign_flip
"""

from minilora.backend import get_array_module
from minilora.ops.rope import points, rope_forward


def rope_backward(dy, cache, needs=None):
    cos, sin, interleaved = cache
    dx = get_array_module(dy).empty_like(dy)
    dy1, dy2 = points(dy, interleaved)
    dx1, dx2 = points(dx, interleaved)
    dx1[...] = dy1 * cos - dy2 * sin                    # (B1)
    dx2[...] = dy1 * sin + dy2 * cos                    # (B1)
    return (dx,)
