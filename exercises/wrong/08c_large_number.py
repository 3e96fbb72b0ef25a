"""A large negative number instead of minus infinity: hidden twice and hidden once then differ, and an empty row looks somewhere.

fails at: causal (attention:F5)
cause: a finite number
"""

from minilora.backend import get_array_module


def causal_bias(like, T, S):
    xp = get_array_module(like)
    return xp.triu(xp.full((T, S), -1e9, dtype=like.dtype), k=S - T + 1)
