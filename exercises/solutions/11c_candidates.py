"""Text from a language model, a token at a time.

    z: logits of the next token, (N, V), likeliest first   R: what the model says   P: what is drawn from   j: the place, from 0

    temperature  (F1)  R    = softmax(z / temperature)
    top-k        (F2)  kept = j < top_k
    top-p        (F3)  kept = kept and  sum over i < j  R_i  < top_p          Holtzman et al. 2020: the nucleus
                 (F4)  P    = kept R / sum over j  kept R
    a draw       (F5)  j    = how many places have a cumulative P <= u        u uniform in [0, 1), times the sum of P: rounding
"""

from minilora import backend
from minilora.ops.softmax import softmax_forward


def candidates(logits, temperature=1.0, top_k=None, top_p=None):
    """(tokens, P), both (N, V): the ids of all tokens, likeliest first, and with which probability each is taken.

    logits: (N, V). temperature: above 0. P is float64; its rows sum to 1, and it is 0 for a token that is cut off.
    """
    xp = backend.get_array_module(logits)
    logits = logits.astype("float64") / temperature
    tokens = xp.argsort(-logits, axis=-1)                                   # likeliest first
    R, _ = softmax_forward(xp.take_along_axis(logits, tokens, axis=-1))     # (F1)
    kept = xp.ones(R.shape, dtype=bool)
    if top_k is not None:
        kept = kept & (xp.arange(R.shape[-1]) < top_k)                      # (F2)
    if top_p is not None:
        kept = kept & (xp.cumsum(R, axis=-1) - R < top_p)                   # (F3): what all likelier ones have together
    P = kept * R
    P = P / P.sum(axis=-1, keepdims=True)                                   # (F4)
    return tokens, P
