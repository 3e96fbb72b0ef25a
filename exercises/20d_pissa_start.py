"""PiSSA: the adapter starts as the largest part of W, and W keeps the rest (Meng et al. 2024, arXiv 2404.02948, section 3).

    W: (out, in) = U S V^T   A: (r, in)   B: (out, r)   s: the LoRA scale, above 0

    (S1)  A  =  ...
    (S2)  B  =  ...

Exercise 20d, lesson 20: The start of PiSSA.
Write pissa_start. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 20d       tests this file
    minilora exercise hint 20d        one hint more, each time
"""

import math

from minilora import lowrank


def pissa_start(W, r, s=1.0):
    """A (r, in) and B (out, r) with s B A = the first r singular triplets of W (out, in); roots of their sizes in both."""
    # (S1)  A =
    # (S2)  B =
    raise NotImplementedError("20d: write pissa_start")
