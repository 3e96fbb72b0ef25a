"""The high rate is given to A, which has its size from the beginning. It is B's, which starts at zero.

fails at: A (loraplus:F1), B (loraplus:F2)
cause: the factors exchanged
"""


def lora_plus_step(A, B, G, eta, s, ratio=16):
    dA, dB = s * (B.T @ G), s * (G @ A.T)
    A = A - ratio * eta * dA                                # (F1)
    B = B - eta * dB                                        # (F2)
    return A, B
