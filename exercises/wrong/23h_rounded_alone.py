"""The scales cancel: they are taken off again before anything is rounded.

fails at: W_hat (calibration:C3)
cause: rounded too late
"""

from minilora.quantize import dequantize_absmax, quantize_absmax


def scaled(W, s, bits, block="row"):
    W_hat = dequantize_absmax(quantize_absmax((W * s) / s, bits, block))  # (C3)
    return W_hat
