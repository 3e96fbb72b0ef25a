"""Multiplications are counted, and the additions that go with them are not.

fails at: operations (costs:P5)
cause: half of it
"""


def step_operations(n_in, n_out, M, r=None):
    if r is None:
        return M * n_in * n_out * 3                         # (P3)
    frozen = M * n_in * n_out * 2                           # (P4)
    return frozen + M * r * (n_in + n_out) * 3              # (P5)
