"""Column and row are pooled into one mean. Each has a mean of its own.

fails at: S_i (training.adalora:F3)
cause: one mean for two
"""

def triplet_scores(s_P, s_lam, s_Q):
    S = s_lam + (s_P.sum(axis=0) + s_Q.sum(axis=1)) / (len(s_P) + s_Q.shape[1])     # (F3)
    return S
