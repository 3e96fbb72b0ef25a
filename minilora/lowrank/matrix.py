"""The door of this package: what counts as a matrix here, and which ranks it can have."""

from minilora import backend


def as_matrix(W, name="W"):
    """`W` itself, once it is known to be a matrix (m, n) of finite float32 or float64; whole numbers become float64.

    ValueError if it is not 2-D, is empty, holds NaN or infinity, or is of another type (float16, complex).
    """
    xp = backend.get_array_module(W)
    if W.ndim != 2 or W.size == 0:
        raise ValueError(f"{name} must be a matrix (2-D, not empty), got an array of shape {tuple(W.shape)}")
    if W.dtype.kind in "biu":
        W = W.astype(xp.float64)
    if W.dtype not in (xp.float32, xp.float64):
        raise ValueError(f"{name} must be float32 or float64, got {W.dtype}; convert it with {name}.astype('float32')")
    if not backend.item(xp.isfinite(W).all()):
        raise ValueError(f"{name} holds NaN or infinity, so it has no singular values; look for where they came from")
    return W


def check_rank(rank, W, name="rank"):
    """ValueError unless `rank` is a whole number from 1 to the smaller side of `W`."""
    limit = min(W.shape)
    if rank not in range(1, limit + 1):
        raise ValueError(f"{name} must be between 1 and min(m, n)={limit}, got {rank}")


def check_same_shape(A, A_name, B, B_name):
    """ValueError unless both have one shape."""
    if A.shape != B.shape:
        raise ValueError(f"{A_name} and {B_name} must have one shape, got {tuple(A.shape)} and {tuple(B.shape)}")


def numeric_rank(sigma, shape):
    """How many of the singular values (k,), falling, of a matrix of this shape are more than the rounding: an int."""
    xp = backend.get_array_module(sigma)
    noise = max(shape) * backend.item(xp.finfo(sigma.dtype).eps)  # relative: what zero is computed as, at most
    return backend.item((sigma > sigma[0] * noise).sum())


def check_directions(count, name, sigma, W, W_name):
    """ValueError unless `count` is from 1 to the rank of W: beyond it a matrix has no directions, only what rounding leaves."""
    rank = numeric_rank(sigma, W.shape)
    if count not in range(1, rank + 1):
        raise ValueError(f"{name} must be between 1 and the rank of {W_name}={rank}, got {count}")
