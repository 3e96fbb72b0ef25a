"""What it costs to train a linear map in full, or by LoRA: values, bytes and operations, by counting.

    in, out: the map's sizes   r: the rank   M: the rows that pass through it, N T in a transformer
    b: bytes a value   k: values that the optimiser keeps for each trained one; 2 for Adam, m and v

    (P1)  values = r (in + out),   of A and B, summed over the adapted maps
    (P2)  bytes  = ...
    (P3)  full   = 2 M in out (1 + 2)              operations of a step: forward, then dx and dW
    (P4)  frozen = 2 M in out (1 + 1)              the same without dW
    (P5)  lora   = frozen + 2 M r (in + out) (1 + 2)

An operation is a multiplication or an addition: a product of (M, n) and (n, m) has 2 M n m. A map whose dx nobody wants, below
the lowest that learns, has no backward at all.

Exercise 17b, lesson 17: What training holds.
Write training_bytes. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 17b       tests this file
    minilora exercise hint 17b        one hint more, each time
"""


def training_bytes(frozen, trained, moments=2, itemsize=4):
    """What training holds from step to step beside activations; `frozen` and `trained` are numbers of values."""
    # (P2)  bytes =
    raise NotImplementedError("17b: write training_bytes")
