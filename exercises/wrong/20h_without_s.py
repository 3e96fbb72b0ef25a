"""The scale is left out of both gradients. W holds s B A, so each of them has one s.

fails at: A (loraplus:F1), B (loraplus:F2)
cause: no scale
"""


def lora_plus_step(A, B, G, eta, s, ratio=16):
    dA, dB = B.T @ G, G @ A.T
    A = A - eta * dA                                        # (F1)
    B = B - ratio * eta * dB                                # (F2)
    return A, B
