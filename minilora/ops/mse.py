"""Mean squared error.

    prediction, target: any one shape of n entries   L: a scalar

    forward   (F1)  L = mean((prediction - target)^2)
    backward  (B1)  dprediction = dL 2/n (prediction - target)
              (B2)  dtarget     = -dprediction
"""

from minilora.ops.form import register, wanted


def mse_forward(prediction, target):
    """L, a 0-d array. The cache holds the difference."""
    difference = prediction - target
    L = (difference * difference).mean()                # (F1)
    return L, (difference,)


def mse_backward(dL, cache, needs=None):
    """The gradients dprediction, dtarget."""
    (difference,) = cache
    gradient = dL * (2 / difference.size) * difference
    dprediction = gradient if wanted(needs, "prediction") else None     # (B1)
    dtarget = -gradient if wanted(needs, "target") else None            # (B2)
    return dprediction, dtarget


def mse_inputs(rng, N=3, T=5):
    return {"prediction": rng.standard_normal((N, T)), "target": rng.standard_normal((N, T))}


register("mse", mse_forward, mse_backward, mse_inputs, lesson="01")
