"""The diagonal itself is hidden. A query sees its own position: the input there is known, the target is the next one.

fails at: causal (attention:F5)
cause: one position too many
"""

import math

from minilora.backend import get_array_module


def causal_bias(like, T, S):
    xp = get_array_module(like)
    return xp.triu(xp.full((T, S), -math.inf, dtype=like.dtype), k=S - T)
