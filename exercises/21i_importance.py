"""AdaLoRA's training: one budget of triplets for all layers, spent where it matters (Zhang et al. 2023, arXiv 2303.10512).

    Delta W = s P diag(lam) Q     P: (out, r)   lam: (r,)   Q: (r, in)     triplet i: column i of P, lam_i, row i of Q
    theta: any of their elements   g: its gradient   t: number of the step, from 1   all products elementwise

    (F1)  I = ...
    (F2)  U = ...
    (F3)  S_i = s(lam_i) + mean of s(P_ji) over j + mean of s(Q_ij) over j,   s = I U
    (F4)  b = b_target + (b_init - b_target) (1 - (t - t_init) / (t_final - t_init))^3        from t_init to t_final
    (F5)  lam_i = 0  unless S_i is among the b largest of all layers

P and Q also get the gradients of the penalty  gamma (norm_F(P^T P - I)^2 + norm_F(Q Q^T - I)^2),  penalties:B3 and penalties:B4.

A triplet that is masked keeps its P and Q, and lam_i its gradient: it grows until the next masking and may come back. From
t_final on the importances rest and the same triplets are masked after every step.

Exercise 21i, lesson 21: How important an element is, and how sure that is.
Write importance. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 21i       tests this file
    minilora exercise hint 21i        one hint more, each time
"""


def importance(I, U, theta, g, beta):
    """One step on: (I, U), new arrays of theta's shape. I, U: those before, zero at first. beta: in [0, 1)."""
    # (F1)  I =
    # (F2)  U =
    raise NotImplementedError("21i: write importance")
