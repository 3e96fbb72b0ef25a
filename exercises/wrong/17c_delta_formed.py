"""Delta W is formed and applied to all rows. The path never does that: each product of it has r as a side.

fails at: operations (costs:P5)
cause: the full matrix formed
"""


def step_operations(n_in, n_out, M, r=None):
    if r is None:
        return 2 * M * n_in * n_out * 3                     # (P3)
    frozen = 2 * M * n_in * n_out * 2                       # (P4)
    return frozen + (2 * M * n_in * n_out * 3 if r else 0)  # (P5)
