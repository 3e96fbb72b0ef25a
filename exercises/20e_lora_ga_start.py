"""LoRA-GA: the adapter starts where its first step is the best low-rank approximation of the full gradient's.

Wang, Yu and Li 2024, arXiv 2407.05000.

    G: (out, in) = U S V^T, dL/dW of a first batch   A: (r, in)   B: (out, r)   c: a number above 0   eta: the rate of SGD
    gamma: how small a start is, of (S3)

    (S1)  A  =  ...
    (S2)  B  =  ...
    (S3)  c  =  ...

With c = 1 the first step changes s B A by -eta s^2 G_2r + O(eta^2), G_2r the best matrix of rank 2r: A meets the first r
directions of G, B the next r.

Exercise 20e, lesson 20: The start of LoRA-GA.
Write lora_ga_start. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 20e       tests this file
    minilora exercise hint 20e        one hint more, each time
"""

import math

from minilora import lowrank


def lora_ga_start(G, r, c=None, gamma=16):
    """A (r, in) and B (out, r) from the gradient G (out, in), 2r <= min(out, in). c: None for the rule (S3). Signs are free."""
    # (S3)  c =
    # (S1)  A =
    # (S2)  B =
    raise NotImplementedError("20e: write lora_ga_start")
