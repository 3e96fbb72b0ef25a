"""The ratio stands at B. B moves ratio times as fast, so it is A A^T that must be enlarged to keep up.

fails at: M (gauge:G2)
cause: the ratio at the wrong factor
"""

def balance(A, B, ratio=1.0):
    return ratio * (B.T @ B) - A @ A.T
