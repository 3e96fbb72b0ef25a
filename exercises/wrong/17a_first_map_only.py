"""Only the first map is counted, times the number of maps. Each has its own sides.

fails at: values (costs:P1)
cause: all maps taken for the first
"""


def lora_values(shapes, r):
    n_out, n_in = shapes[0]
    return len(shapes) * r * (n_in + n_out)                 # (P1)
