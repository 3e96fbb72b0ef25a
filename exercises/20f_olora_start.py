"""OLoRA: the adapter starts with an orthonormal basis from the QR decomposition of W (Büyükakyüz 2024, arXiv 2406.01775).

    W: (out, in) = Q R   Q: (out, k)   R: (k, in), upper triangular   k = min(out, in)   A: (r, in)   B: (out, r)

    (S1)  A  =  ...
    (S2)  B  =  ...

Exercise 20f, lesson 20: The start of OLoRA.
Write olora_start. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 20f       tests this file
    minilora exercise hint 20f        one hint more, each time
"""

from minilora import backend


def olora_start(W, r):
    """A (r, in) and B (out, r), the first r terms of W (out, in) = Q R. The sign of each term is free."""
    # (S1)  A =
    # (S2)  B =
    raise NotImplementedError("20f: write olora_start")
