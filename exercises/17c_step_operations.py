"""What it costs to train a linear map in full, or by LoRA: values, bytes and operations, by counting.

    in, out: the map's sizes   r: the rank   M: the rows that pass through it, N T in a transformer
    b: bytes a value   k: values that the optimiser keeps for each trained one; 2 for Adam, m and v

    (P1)  values = r (in + out),   of A and B, summed over the adapted maps
    (P2)  bytes  = b (frozen + (2 + k) trained),   of weights, gradients and optimiser; activations are not in it
    (P3)  full   = ...
    (P4)  frozen = ...
    (P5)  lora   = ...

An operation is a multiplication or an addition: a product of (M, n) and (n, m) has 2 M n m. A map whose dx nobody wants, below
the lowest that learns, has no backward at all.

Exercise 17c, lesson 17: What a step computes.
Write step_operations. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 17c       tests this file
    minilora exercise hint 17c        one hint more, each time
"""


def step_operations(n_in, n_out, M, r=None):
    """Of one map's products in a step on M rows. r: LoRA's rank beside a frozen W; 0 for no adapter; None trains W itself."""
    # (P3)  full =
    # (P4)  frozen =
    # (P5)  lora =
    raise NotImplementedError("17c: write step_operations")
