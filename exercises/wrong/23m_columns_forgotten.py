"""Rows of q, k and v and of up and gate are counted; the columns of o and down that would meet zeros only go, too.

fails at: values of a unit of attention (structured:F2), values of a row (structured:F3)
cause: half of it left out
"""


def unit_values(C, D, G, attn_bias, mlp_bias, gate):
    attention = (G + 2) * D * C + (G + 2) * D * attn_bias  # (F2)
    row = (1 + gate) * C + (1 + gate) * mlp_bias  # (F3)
    return attention, row
