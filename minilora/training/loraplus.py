"""LoRA+: a higher rate for B than for A (Hayou, Ghosh and Yu 2024, arXiv 2402.12354).

    A: (r, in)   B: (out, r)   G = dL/dW: (out, in)   lambda: the ratio of the rates   s: the LoRA scale

    (F1)  A = A - eta s B^T G              B = B - lambda eta s G A^T             with plain gradient descent
    (F2)  B^T B - lambda A A^T  is conserved as eta -> 0: both terms change by  -lambda eta s (B^T G A^T + A G^T B)

B starts at zero and has to grow, while A has its size from the beginning: in a wide layer one rate is too small for B or too
large for A. With lambda = 1, (F2) is the invariant of plain LoRA. Beside an embedding table A is the factor that starts at zero,
and the two change places: A gets the high rate.
"""

import math

from minilora.adapters.inject import adapters_of
from minilora.nn.embedding import Embedding


def lora_plus(model, ratio=16):
    """Let every trained B of the model's adapters, or A beside an embedding, learn at `ratio` times the optimiser's lr.

    Returns the names of these factors.

    Call it before the optimiser is built; any will do, since the ratio is kept in `Parameter.rate`. ratio: lambda, > 0.
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
