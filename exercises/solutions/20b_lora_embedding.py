"""LoRA of an embedding: the low-rank path beside a frozen table (after Hu et al. 2021, arXiv 2106.09685).

    ids: (...) integers in [0, V)   A: (r, V)   B: (C, r)   y, dy: (..., C)   s = alpha / r

    forward   (F1)  Z  = A^T[ids], which is onehot(ids) A^T       (..., r)
              (F2)  y  = s Z B^T, to be added to the frozen table's E[ids]; so Delta E = s (B A)^T
    backward  (B1)  dB = s sum over rows  dy^T Z
              (B2)  dZ = s dy B                         (..., r)
              (B3)  dA = dZ^T onehot(ids): column v sums dZ over every place where ids is v

A table is a linear map of one-hot rows, so this is LoRA's path with x = onehot(ids), stored (V, C) instead of (out, in) = (C, V).
The product with the one-hot rows is a look-up forwards and a scatter backwards. With B = 0, y = 0 and dA = 0.
"""

from minilora.ops.embedding import embedding_backward, embedding_forward
from minilora.ops.form import row_product, rows, wanted


def lora_embedding_forward(ids, A, B, s=1.0):
    """y = s A^T[ids] B^T. The cache holds the look-up's cache, Z, B and s. The ids must lie in [0, V): the caller has checked."""
    Z, looked_up = embedding_forward(ids, A.T)          # (F1)
    y = row_product(s * Z, B.T)                         # (F2)
    return y, (looked_up, Z, B, s)


def lora_embedding_backward(dy, cache, needs=None):
    """The gradients dA, dB."""
    looked_up, Z, B, s = cache
    dA = dB = None
    if wanted(needs, "B"):
        dB = rows(dy).T @ (s * rows(Z))                 # (B1)
    if wanted(needs, "A"):
        dZ = s * row_product(dy, B)                     # (B2)
        dA = embedding_backward(dZ, looked_up)[0].T     # (B3)
    return dA, dB


def lora_embedding_inputs(rng, N=3, T=5, V=7, C=4, r=2):
    ids = rng.integers(0, V, (N, T))
    ids[0, :2] = ids[-1, -1]                            # at least one id is certain to repeat
    return {"ids": ids, "A": rng.standard_normal((r, V)), "B": rng.standard_normal((C, r))}
