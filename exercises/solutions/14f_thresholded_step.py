"""Article E's neighbour: iterative hard thresholding as it is published, with a projection at every step of plain descent.

    W: a matrix of the blocks   G = dL/dW, clipped as everybody's is   r: the bound on its rank   eta: the rate

    (I1)  W = (W - eta G)_r,  the best approximation of rank r

Blumensath & Davies 2009 for sparse vectors; Jain, Meka & Dhillon 2010 for matrices of low rank. What is not a matrix of the
blocks learns by the same descent, without a projection. Rank r holds from the first step on, so that one begins near the base's
truncation. The theorems are about linear measurements with a restricted isometry; a language model's loss promises none.
"""

from minilora import lowrank


def thresholded_step(W, G, eta, r):
    """One step for one matrix W (m, n) with gradient G (m, n): of rank r at most, 1 <= r <= min(m, n)."""
    return lowrank.truncate(W - eta * G, r)  # (I1)
