"""The gate's bias is forgotten: a row of it has one as a row of up does.

fails at: values of a row (structured:F3)
cause: a bias left out
"""


def unit_values(C, D, G, attn_bias, mlp_bias, gate):
    attention = 2 * (G + 1) * D * C + (G + 2) * D * attn_bias  # (F2)
    row = (2 + gate) * C + mlp_bias  # (F3)
    return attention, row
