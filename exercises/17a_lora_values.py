"""What it costs to train a linear map in full, or by LoRA: values, bytes and operations, by counting.

    in, out: the map's sizes   r: the rank   M: the rows that pass through it, N T in a transformer
    b: bytes a value   k: values that the optimiser keeps for each trained one; 2 for Adam, m and v

    (P1)  values = ...
    (P2)  bytes  = b (frozen + (2 + k) trained),   of weights, gradients and optimiser; activations are not in it
    (P3)  full   = 2 M in out (1 + 2)              operations of a step: forward, then dx and dW
    (P4)  frozen = 2 M in out (1 + 1)              the same without dW
    (P5)  lora   = frozen + 2 M r (in + out) (1 + 2)

An operation is a multiplication or an addition: a product of (M, n) and (n, m) has 2 M n m. A map whose dx nobody wants, below
the lowest that learns, has no backward at all.

Exercise 17a, lesson 17: How many numbers LoRA trains.
Write lora_values. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 17a       tests this file
    minilora exercise hint 17a        one hint more, each time
"""


def lora_values(shapes, r):
    """How many numbers LoRA trains in maps of these shapes, rows of (out, in)."""
    # (P1)  values =
    raise NotImplementedError("17a: write lora_values")
