"""The diagonal starts in the first corner. The T queries are the last of S positions, so it has to end in the last corner.

fails at: causal (attention:F5)
cause: S - T forgotten
"""

import math

from minilora.backend import get_array_module


def causal_bias(like, T, S):
    xp = get_array_module(like)
    return xp.triu(xp.full((T, S), -math.inf, dtype=like.dtype), k=1)
