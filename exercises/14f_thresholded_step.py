"""Article E's neighbour: iterative hard thresholding as it is published, with a projection at every step of plain descent.

    W: a matrix of the blocks   G = dL/dW, clipped as everybody's is   r: the bound on its rank   eta: the rate

    (I1)  W = ...

Blumensath & Davies 2009 for sparse vectors; Jain, Meka & Dhillon 2010 for matrices of low rank. What is not a matrix of the
blocks learns by the same descent, without a projection. Rank r holds from the first step on, so that one begins near the base's
truncation. The theorems are about linear measurements with a restricted isometry; a language model's loss promises none.

Exercise 14f, lesson 14: A step of descent under a bound on the rank.
Write thresholded_step. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 14f       tests this file
    minilora exercise hint 14f        one hint more, each time
"""

from minilora import lowrank


def thresholded_step(W, G, eta, r):
    """One step for one matrix W (m, n) with gradient G (m, n): of rank r at most, 1 <= r <= min(m, n)."""
    # (I1)  W =
    raise NotImplementedError("14f: write thresholded_step")
