"""LoRA+: a higher rate for B than for A (Hayou, Ghosh and Yu 2024, arXiv 2402.12354).

    A: (r, in)   B: (out, r)   G = dL/dW: (out, in)   ratio: that of the rates, lambda in the paper   s: the LoRA scale

With plain gradient descent, from A and B as they were before the step,
    (F1)  A = ...
    (F2)  B = ...

B starts at zero and has to grow, while A has its size from the beginning: in a wide layer one rate is too small for B or too
large for A. As eta -> 0, B^T B - ratio A A^T is conserved (gauge:G2). Beside an embedding table A is the factor that starts at
zero, and the two change places: A gets the high rate.

Exercise 20h, lesson 20: A step with two rates.
Write lora_plus_step. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 20h       tests this file
    minilora exercise hint 20h        one hint more, each time
"""


def lora_plus_step(A, B, G, eta, s, ratio=16):
    """A and B after a step of gradient descent with the two rates: new arrays. What SGD makes of `lora_plus`, for one layer."""
    # (F1)  A =
    # (F2)  B =
    raise NotImplementedError("20h: write lora_plus_step")
