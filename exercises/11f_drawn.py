"""Text from a language model, a token at a time.

    z: logits of the next token, (N, V), likeliest first   R: what the model says   P: what is drawn from   j: the place, from 0

    temperature  (F1)  R    = softmax(z / temperature)
    top-k        (F2)  kept = j < top_k
    top-p        (F3)  kept = kept and  sum over i < j  R_i  < top_p          Holtzman et al. 2020: the nucleus
                 (F4)  P    = kept R / sum over j  kept R
    a draw       (F5)  j    = ...

Exercise 11f, lesson 11: A draw from a distribution.
Write drawn. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 11f       tests this file
    minilora exercise hint 11f        one hint more, each time
"""

from minilora import backend


def drawn(P, u):
    """The places (N,) that u (N, 1), uniform in [0, 1), draws from the rows of P (N, V).

    By rounding a row may sum to a little less or more than 1: u is then a share of that sum.
    """
    # (F5)  j =
    raise NotImplementedError("11f: write drawn")
