"""Text from a language model, a token at a time.

    z: logits of the next token, (N, V), likeliest first   R: what the model says   P: what is drawn from   j: the place, from 0

    temperature  (F1)  R    = ...
    top-k        (F2)  kept = ...
    top-p        (F3)  kept = ...
                 (F4)  P    = ...
    a draw       (F5)  j    = how many places have a cumulative P <= u        u uniform in [0, 1), times the sum of P: rounding

Exercise 11c, lesson 11: Temperature, top-k and top-p.
Write candidates. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 11c       tests this file
    minilora exercise hint 11c        one hint more, each time
"""

from minilora import backend
from minilora.ops.softmax import softmax_forward


def candidates(logits, temperature=1.0, top_k=None, top_p=None):
    """(tokens, P), both (N, V): the ids of all tokens, likeliest first, and with which probability each is taken.

    logits: (N, V). temperature: above 0. P is float64; its rows sum to 1, and it is 0 for a token that is cut off.
    """
    # (F1)  R =
    # (F2)  kept =
    # (F3)  kept =
    # (F4)  P =
    raise NotImplementedError("11c: write candidates")
