"""The ratio is left out. With unequal rates B^T B changes ratio times as fast as A A^T.

fails at: M (gauge:G2)
cause: a missing factor
"""

def balance(A, B, ratio=1.0):
    return B.T @ B - A @ A.T
