"""LoRA-FA: A stays as it was drawn, and B steps as near to full tuning as that A allows (Zhang et al. 2023, arXiv 2308.03303).

    A: (r, in), frozen   B: (out, r)   G = dL/dW: (out, in), never formed   s: the LoRA scale

    (F1)  g = ...

dB = s G A^T is what backward gives (lora:B1). So s g A = G A^T (A A^T)^-1 A is the projection of G on the rows of A. A step of B
by -eta g changes W by -eta times that, however long A's rows are and whatever s is; a step by -eta dB changes it by
-eta s^2 G A^T A instead. AdamW takes g in the place of the gradient.

With A frozen, backward needs A x only and not x, which is the method's saving of memory; the layers here keep x all the same.

Exercise 20c, lesson 20: The projected gradient of LoRA-FA.
Write projected_gradient. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 20c       tests this file
    minilora exercise hint 20c        one hint more, each time
"""

from minilora import backend


def projected_gradient(dB, A, s):
    """g: (out, r), from dB: (out, r), A: (r, in) of rank r, and s, not 0 (F1)."""
    # (F1)  g =
    raise NotImplementedError("20c: write projected_gradient")
