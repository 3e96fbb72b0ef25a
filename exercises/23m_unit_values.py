"""Structured pruning: whole attention heads and MLP rows taken out, so that the model is really smaller and faster.

    H query heads, K key heads, G = H/K   D head size   F rows of the MLP   C channels

    A unit of attention is a key head with its G query heads; where H = K, it is a head. Unit j owns

        rows j G D .. (j+1) G D of q,  rows j D .. (j+1) D of k and of v,  columns j G D .. (j+1) G D of o.

    A unit of the MLP is a row: row j of up (and gate), column j of down.

    (F1)  score of a unit  =  sum of the scores of the weights that it owns
    (F2)  values of a unit of attention  =  ...
    (F3)  values of a row  =  ...

Every block keeps as many units as every other, so that a TransformerConfig still describes the model: D stays, H, K and F fall.
The sum of F1 takes each weight for itself; what a head does as a whole may be more or less than that.

Exercise 23m, lesson 23: How many values go with a unit.
Write unit_values. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 23m       tests this file
    minilora exercise hint 23m        one hint more, each time
"""


def unit_values(C, D, G, attn_bias, mlp_bias, gate):
    """How many values go with a unit of attention, and with a row of the MLP: two whole numbers. The last three: 0 or 1."""
    # (F2)  values of a unit of attention =
    # (F3)  values of a row =
    raise NotImplementedError("23m: write unit_values")
