"""LoRA of an embedding: the low-rank path beside a frozen table (after Hu et al. 2021, arXiv 2106.09685).

    ids: (...) integers in [0, V)   A: (r, V)   B: (C, r)   y, dy: (..., C)   s = alpha / r

    forward   (F1)  Z  = A^T[ids], which is onehot(ids) A^T       (..., r)
              (F2)  y  = s Z B^T, to be added to the frozen table's E[ids]; so Delta E = s (B A)^T
    backward  (B1)  dB = ...
              (B2)  dZ = ...                         (..., r)
              (B3)  dA = ...

A table is a linear map of one-hot rows, so this is LoRA's path with x = onehot(ids), stored (V, C) instead of (out, in) = (C, V).
The product with the one-hot rows is a look-up forwards and a scatter backwards. With B = 0, y = 0 and dA = 0.

Exercise 20b, lesson 20: The embedding with LoRA beside it.
Write lora_embedding_forward and lora_embedding_backward.
What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 20b       tests this file
    minilora exercise hint 20b        one hint more, each time
"""

from minilora.ops.embedding import embedding_backward, embedding_forward
from minilora.ops.form import row_product, rows, wanted


def lora_embedding_forward(ids, A, B, s=1.0):
    """y = s A^T[ids] B^T. The cache holds the look-up's cache, Z, B and s. The ids must lie in [0, V): the caller has checked."""
    # (F1)  Z =
    # (F2)  y =
    raise NotImplementedError("20b: write lora_embedding_forward")


def lora_embedding_backward(dy, cache, needs=None):
    """The gradients dA, dB."""
    # (B1)  dB =
    # (B2)  dZ =
    # (B3)  dA =
    raise NotImplementedError("20b: write lora_embedding_backward")


def lora_embedding_inputs(rng, N=3, T=5, V=7, C=4, r=2):
    ids = rng.integers(0, V, (N, T))
    ids[0, :2] = ids[-1, -1]                            # at least one id is certain to repeat
    return {"ids": ids, "A": rng.standard_normal((r, V)), "B": rng.standard_normal((C, r))}
