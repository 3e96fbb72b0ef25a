"""EVA: A starts at the directions along which the layer's inputs are largest (Paischer et al. 2024, arXiv 2410.07170).

    X: (rows, in) = U S V^T, the layer's inputs in a first batch   A: (r, in)   B = 0

    (S1)  A  =  ...

Exercise 20g, lesson 20: The start of EVA.
Write eva_start. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 20g       tests this file
    minilora exercise hint 20g        one hint more, each time
"""

from minilora import lowrank


def eva_start(X, r):
    """A (r, in) from the inputs X (rows, in), with at least r rows. The signs of its rows are free."""
    # (S1)  A =
    raise NotImplementedError("20g: write eva_start")
