"""Only the diagonal of G is used, the size of each input. How inputs go together is in the rest of it.

fails at: W_r (weighted:W2)
cause: the diagonal alone
"""

import numpy as np

from minilora.lowrank.truncation import svd


def activation_truncate(W, rank, gram):
    U_r = svd(W * np.sqrt(np.diag(gram)))[0][:, :rank]      # (W4)
    return U_r @ (U_r.T @ W)                                # (W2)
