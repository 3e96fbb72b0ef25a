"""The elements of column and row are summed, so that a wide layer counts for more. Their means are taken.

fails at: S_i (training.adalora:F3)
cause: sum for mean
"""

def triplet_scores(s_P, s_lam, s_Q):
    S = s_lam + s_P.sum(axis=0) + s_Q.sum(axis=1)     # (F3)
    return S
