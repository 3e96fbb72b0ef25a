"""Only lam counts. Its column of P and row of Q belong to the triplet too.

fails at: S_i (training.adalora:F3)
cause: terms left out
"""

def triplet_scores(s_P, s_lam, s_Q):
    S = s_lam     # (F3)
    return S
