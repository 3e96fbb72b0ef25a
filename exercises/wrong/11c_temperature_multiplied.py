"""The logits are multiplied by the temperature. A low one is to sharpen: divide by it.

fails at: P (generation:F4)
cause: the inverse
"""

import numpy as np

from minilora.ops.softmax import softmax_forward


def candidates(logits, temperature=1.0, top_k=None, top_p=None):
    tokens = np.argsort(-logits, axis=-1)
    z = np.take_along_axis(logits, tokens, axis=-1)
    R = softmax_forward(z * temperature)[0]                   # (F1)
    kept = np.ones(R.shape, dtype=bool)
    if top_k is not None:
        kept = kept & (np.arange(R.shape[-1]) < top_k)      # (F2)
    if top_p is not None:
        kept = kept & (np.cumsum(R, axis=-1) - R < top_p)     # (F3)
    P = kept * R / (kept * R).sum(axis=-1, keepdims=True)        # (F4)
    return tokens, P
