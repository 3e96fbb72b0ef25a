"""Structured pruning: whole attention heads and MLP rows taken out, so that the model is really smaller and faster.

    H query heads, K key heads, G = H/K   D head size   F rows of the MLP   C channels

    A unit of attention is a key head with its G query heads; where H = K, it is a head. Unit j owns

        rows j G D .. (j+1) G D of q,  rows j D .. (j+1) D of k and of v,  columns j G D .. (j+1) G D of o.

    A unit of the MLP is a row: row j of up (and gate), column j of down.

    (F1)  score of a unit  =  ...
    (F2)  values of a unit of attention  =  2 (G + 1) D C  + (G + 2) D  with biases
    (F3)  values of a row  =  2 C  + 1 with a bias             swiglu:  3 C  + 2 with biases

Every block keeps as many units as every other, so that a TransformerConfig still describes the model: D stays, H, K and F fall.
The sum of F1 takes each weight for itself; what a head does as a whole may be more or less than that.

Exercise 23f, lesson 23: What a unit owns.
Write unit_sums. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 23f       tests this file
    minilora exercise hint 23f        one hint more, each time
"""


def unit_sums(s, axis, start, width, n):
    """What n units own in one matrix (n,): unit j the scores s from start + j width up to start + (j+1) width along the axis."""
    # (F1)  score of a unit =
    raise NotImplementedError("23f: write unit_sums")
