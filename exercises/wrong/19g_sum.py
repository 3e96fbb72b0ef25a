"""The two are added. Both rates of change are the same, so it is the difference that stands still.

fails at: M (gauge:G2)
cause: the wrong sign
"""

def balance(A, B, ratio=1.0):
    return B.T @ B + ratio * (A @ A.T)
