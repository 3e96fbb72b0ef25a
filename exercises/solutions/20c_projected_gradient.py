"""LoRA-FA: A stays as it was drawn, and B steps as near to full tuning as that A allows (Zhang et al. 2023, arXiv 2308.03303).

    A: (r, in), frozen   B: (out, r)   G = dL/dW: (out, in), never formed   s: the LoRA scale

    (F1)  g = dB (A A^T)^-1 / s^2                   minimises  norm_F(s g A - G)

dB = s G A^T is what backward gives (lora:B1). So s g A = G A^T (A A^T)^-1 A is the projection of G on the rows of A. A step of B
by -eta g changes W by -eta times that, however long A's rows are and whatever s is; a step by -eta dB changes it by
-eta s^2 G A^T A instead. AdamW takes g in the place of the gradient.

With A frozen, backward needs A x only and not x, which is the method's saving of memory; the layers here keep x all the same.
"""

from minilora import backend


def projected_gradient(dB, A, s):
    """g: (out, r), from dB: (out, r), A: (r, in) of rank r, and s, not 0 (F1)."""
    return backend.get_array_module(dB, A).linalg.solve(A @ A.T, dB.T).T / s**2     # (F1): A A^T is symmetric
