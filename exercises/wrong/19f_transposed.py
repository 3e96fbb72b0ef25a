"""R's transpose in the place of its inverse. That is right for a rotation only; any other R changes the product.

fails at: R^-1 A (gauge:G1)
cause: a transpose in the place of the inverse
"""

def gauge_transform(A, B, R):
    return R.T @ A, B @ R
