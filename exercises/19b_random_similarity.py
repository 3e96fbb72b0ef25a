"""Do two matrices look at the same directions of their input?

    A1: (r1, n)   A2: (r2, n)   V1, V2: (n, .), their right singular vectors, by falling singular value

    (P1)  phi(i, j)    =  norm_F(V1[:, :i]^T V2[:, :j])^2 / min(i, j)
    (P2)  E phi(i, j)  =  ...
    (P3)  cos theta_l  =  the singular values of V1[:, :i]^T V2[:, :j]    the min(i, j) principal angles
    (P4)  sin theta_l  =  those of the smaller frame less its projection on the larger

The LoRA paper's measure (Hu et al. 2021, section 7.2) of how far the first i directions of one LoRA factor A lie in the first j
of another. The rows of A live in the input space, so the directions are the *right* singular vectors (of B, whose columns live
in the output space, compare B^T). It is the mean squared cosine of the principal angles: 1 if the smaller subspace lies in the
larger, 0 if they are orthogonal. (P2), because E V1 V1^T = (i / n) I, so the sum of squares is i j / n in the mean: the value to
compare with. The arc cosine of (P3) would lose half the digits of a small angle, and the arc sine of (P4) those of a right one.

Exercise 19b, lesson 19: How alike random subspaces are.
Write random_similarity. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 19b       tests this file
    minilora exercise hint 19b        one hint more, each time
"""


def random_similarity(i, j, n):
    """The mean of phi(i, j) over random subspaces of R^n (P2): a float. ValueError unless i and j are from 1 to n."""
    # (P2)  E phi(i, j) =
    raise NotImplementedError("19b: write random_similarity")
