"""Only A is counted. B starts at zero, but it is trained.

fails at: values (costs:P1)
cause: one factor forgotten
"""


def lora_values(shapes, r):
    return sum(r * n_in for _, n_in in shapes)              # (P1)
