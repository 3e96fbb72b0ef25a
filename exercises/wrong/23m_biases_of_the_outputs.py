"""The biases of o and of down are counted, too. They belong to outputs, which all stay.

fails at: values of a unit of attention (structured:F2), values of a row (structured:F3)
cause: a bias too many
"""


def unit_values(C, D, G, attn_bias, mlp_bias, gate):
    attention = 2 * (G + 1) * D * C + (G + 2) * D * attn_bias + C * attn_bias  # (F2)
    row = (2 + gate) * C + (2 + gate) * mlp_bias  # (F3)
    return attention, row
