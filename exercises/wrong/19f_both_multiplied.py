"""R is multiplied to both. Between B and A its inverse has to stand beside it, or the product is B R R A.

fails at: R^-1 A (gauge:G1)
cause: the inverse left out
"""

def gauge_transform(A, B, R):
    return R @ A, B @ R
