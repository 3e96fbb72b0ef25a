"""A's rate is divided by the ratio in the place of B's being multiplied: eta is A's own rate.

fails at: A (loraplus:F1), B (loraplus:F2)
cause: whose rate is eta
"""


def lora_plus_step(A, B, G, eta, s, ratio=16):
    dA, dB = s * (B.T @ G), s * (G @ A.T)
    A = A - eta / ratio * dA                                # (F1)
    B = B - eta * dB                                        # (F2)
    return A, B
