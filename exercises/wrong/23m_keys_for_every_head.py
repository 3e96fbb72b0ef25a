"""Every query head is given a key and a value head of its own. The G heads of a unit share one of each.

fails at: values of a unit of attention (structured:F2)
cause: the group forgotten
"""


def unit_values(C, D, G, attn_bias, mlp_bias, gate):
    attention = 4 * G * D * C + 3 * G * D * attn_bias  # (F2)
    row = (2 + gate) * C + (1 + gate) * mlp_bias  # (F3)
    return attention, row
