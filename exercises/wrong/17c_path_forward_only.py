"""The path is counted forward only. It has four products in backward.

fails at: operations (costs:P5)
cause: the path has no backward here
"""


def step_operations(n_in, n_out, M, r=None):
    if r is None:
        return 2 * M * n_in * n_out * 3                     # (P3)
    frozen = 2 * M * n_in * n_out * 2                       # (P4)
    return frozen + 2 * M * r * (n_in + n_out)              # (P5)
