"""The columns are divided before rounding and multiplied after: those with large s are rounded more coarsely.

fails at: W_hat (calibration:C3)
cause: two factors exchanged
"""

from minilora.quantize import dequantize_absmax, quantize_absmax


def scaled(W, s, bits, block="row"):
    W_hat = dequantize_absmax(quantize_absmax(W / s, bits, block)) * s  # (C3)
    return W_hat
