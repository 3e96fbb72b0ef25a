"""Principal component analysis: the k directions that hold most of the variance of a cloud of points.

    X: (N, n), a point a row   mu: (n,)   V_k: (n, k), orthonormal   Z: (N, k)   k <= min(N, n)

    (C1)  V_k     =  the first k columns of V in  X - mu = U diag(sigma) V^T,   mu: the mean of the rows
    (C2)  var_i   =  sigma_i^2 / (N - 1)           the eigenvalues of their covariance, whose eigenvectors are the v_i
    (C3)  Z       =  ...
    (C4)  X_k     =  ...
    (C5)  norm_F(X - X_k)  =  sqrt(sum over i > k  sigma_i^2)

X_k - mu is the truncation of X - mu, so by Eckart and Young no other k directions, and no other origin, come nearer.

Exercise 14g, lesson 14: Into the plane of the components, and back.
Write project. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 14g       tests this file
    minilora exercise hint 14g        one hint more, each time
"""


def project(X, mean, components):
    """The points (N, n) of a fit's plane that are nearest to the points X (N, n), through their coordinates Z.

    mean: mu. components: V_k^T, (k, n). Both are the fit's, and X may be other points.
    """
    # (C3)  Z =
    # (C4)  X_k =
    raise NotImplementedError("14g: write project")
