"""B steps along the gradient at the new A. Both gradients belong to the point before the step.

fails at: B (loraplus:F2)
cause: not at one point
"""


def lora_plus_step(A, B, G, eta, s, ratio=16):
    A = A - eta * s * (B.T @ G)                             # (F1)
    B = B - ratio * eta * s * (G @ A.T)                     # (F2)
    return A, B
