"""The columns stay multiplied by s: what comes back is W diag(s), rounded.

fails at: W_hat (calibration:C3)
cause: the way back left out
"""

from minilora.quantize import dequantize_absmax, quantize_absmax


def scaled(W, s, bits, block="row"):
    W_hat = dequantize_absmax(quantize_absmax(W * s, bits, block))  # (C3)
    return W_hat
