"""The past is hidden and the future seen: the other triangle.

fails at: causal (attention:F5)
cause: the other triangle
"""

import math

from minilora.backend import get_array_module


def causal_bias(like, T, S):
    xp = get_array_module(like)
    return xp.tril(xp.full((T, S), -math.inf, dtype=like.dtype), k=S - T - 1)
