"""What it costs to train a linear map in full, or by LoRA: values, bytes and operations, by counting.

    in, out: the map's sizes   r: the rank   M: the rows that pass through it, N T in a transformer
    b: bytes a value   k: values that the optimiser keeps for each trained one; 2 for Adam, m and v

    (P1)  values = r (in + out),   of A and B, summed over the adapted maps
    (P2)  bytes  = b (frozen + (2 + k) trained),   of weights, gradients and optimiser; activations are not in it
    (P3)  full   = 2 M in out (1 + 2)              operations of a step: forward, then dx and dW
    (P4)  frozen = 2 M in out (1 + 1)              the same without dW
    (P5)  lora   = frozen + 2 M r (in + out) (1 + 2)

An operation is a multiplication or an addition: a product of (M, n) and (n, m) has 2 M n m. A map whose dx nobody wants, below
the lowest that learns, has no backward at all.
"""


def lora_values(shapes, r):
    """How many numbers LoRA trains in maps of these shapes, rows of (out, in)."""
    return sum(r * (n_in + n_out) for n_out, n_in in shapes)  # (P1)


def training_bytes(frozen, trained, moments=2, itemsize=4):
    """What training holds from step to step beside activations; `frozen` and `trained` are numbers of values."""
    return itemsize * (frozen + (2 + moments) * trained)  # (P2)


def step_operations(n_in, n_out, M, r=None):
    """Of one map's products in a step on M rows. r: LoRA's rank beside a frozen W; 0 for no adapter; None trains W itself."""
    if r is None:
        return 2 * M * n_in * n_out * 3  # (P3)
    frozen = 2 * M * n_in * n_out * 2  # (P4)
    return frozen + 2 * M * r * (n_in + n_out) * 3  # (P5)
