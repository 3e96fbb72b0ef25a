"""The ratio r / min(in, out) of the full matrix is taken. The factors are two thin matrices: their sides with r add up.

fails at: values (costs:P1)
cause: sides multiplied
"""


def lora_values(shapes, r):
    return sum(r * n_in * n_out // min(n_in, n_out) for n_out, n_in in shapes)          # (P1)
