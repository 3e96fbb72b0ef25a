"""A frozen map is counted forward only. The layers below still need dx, which is as dear as the forward.

fails at: operations (costs:P5)
cause: dx forgotten
"""


def step_operations(n_in, n_out, M, r=None):
    if r is None:
        return 2 * M * n_in * n_out * 3                     # (P3)
    frozen = 2 * M * n_in * n_out                           # (P4)
    return frozen + 2 * M * r * (n_in + n_out) * 3          # (P5)
