"""Structured pruning: whole attention heads and MLP rows taken out, so that the model is really smaller and faster.

    H query heads, K key heads, G = H/K   D head size   F rows of the MLP   C channels

    A unit of attention is a key head with its G query heads; where H = K, it is a head. Unit j owns

        rows j G D .. (j+1) G D of q,  rows j D .. (j+1) D of k and of v,  columns j G D .. (j+1) G D of o.

    A unit of the MLP is a row: row j of up (and gate), column j of down.

    (F1)  score of a unit  =  sum of the scores of the weights that it owns
    (F2)  values of a unit of attention  =  2 (G + 1) D C  + (G + 2) D  with biases
    (F3)  values of a row  =  2 C  + 1 with a bias             swiglu:  3 C  + 2 with biases

Every block keeps as many units as every other, so that a TransformerConfig still describes the model: D stays, H, K and F fall.
The sum of F1 takes each weight for itself; what a head does as a whole may be more or less than that.
"""


def unit_values(C, D, G, attn_bias, mlp_bias, gate):
    """How many values go with a unit of attention, and with a row of the MLP: two whole numbers. The last three: 0 or 1."""
    attention = 2 * (G + 1) * D * C + (G + 2) * D * attn_bias  # (F2)
    row = (2 + gate) * C + (1 + gate) * mlp_bias  # (F3)
    return attention, row
