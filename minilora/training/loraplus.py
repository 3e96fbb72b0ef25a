"""LoRA+: a higher rate for B than for A (Hayou, Ghosh and Yu 2024, arXiv 2402.12354).

    A: (r, in)   B: (out, r)   G = dL/dW: (out, in)   ratio: that of the rates, lambda in the paper   s: the LoRA scale

With plain gradient descent, from A and B as they were before the step,
    (F1)  A = A - eta s B^T G
    (F2)  B = B - ratio eta s G A^T

B starts at zero and has to grow, while A has its size from the beginning: in a wide layer one rate is too small for B or too
large for A. As eta -> 0, B^T B - ratio A A^T is conserved (gauge:G2). Beside an embedding table A is the factor that starts at
zero, and the two change places: A gets the high rate.
"""

import math

from minilora.adapters.inject import adapters_of
from minilora.nn.embedding import Embedding


def lora_plus_step(A, B, G, eta, s, ratio=16):
    """A and B after a step of gradient descent with the two rates: new arrays. What SGD makes of `lora_plus`, for one layer."""
    dA, dB = s * (B.T @ G), s * (G @ A.T)
    A = A - eta * dA                                        # (F1)
    B = B - ratio * eta * dB                                # (F2)
    return A, B


def lora_plus(model, ratio=16):
    """Let every trained B of the model's adapters, or A beside an embedding, learn at `ratio` times the optimiser's lr.

    Returns the names of these factors.

    Call it before the optimiser is built; any will do, since the ratio is kept in `Parameter.rate`. ratio: > 0.
    ValueError for another, or for a model without an adapter that trains a B.
    """
    if not 0 < ratio < math.inf:
        raise ValueError(f"ratio must be a number > 0, got {ratio}")
    factors = []
    for _, layer, _, adapter in adapters_of(model):
        factor = dict(adapter.named_parameters()).get("A" if isinstance(layer, Embedding) else "B")
        if factor is not None and factor.trainable:
            factors.append(factor)
    if not factors:
        raise ValueError("the model has no adapter that trains a factor B: call inject(model, LoRA(...), ...) first")
    for factor in factors:
        factor.rate = float(ratio)
    return [factor.name for factor in factors]
