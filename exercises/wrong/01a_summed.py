"""The squares are summed. The mean of n of them is their sum over n.

fails at: L (mse:F1)
cause: a sum for a mean
"""

from minilora.ops.mse import mse_backward


def mse_forward(prediction, target):
    difference = prediction - target
    L = (difference * difference).sum()     # (F1)
    return L, (difference,)
