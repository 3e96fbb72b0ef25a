"""Article B: W = U S V^T is split, U S is frozen, V^T is trained, then all is merged; and the methods it should have been.

    as described    W' = U S V'^T, with V' = V at the start: Delta W = U S (V' - V)^T
    of rank 8       W' = U_8 S_8 K V_8^T, with K = I at the start: what is beyond the rank is lost before training begins

One step of gradient descent on V^T, at the rate eta, with G = dL/dW:

                    (V1)  W = ...

which is full tuning with its gradient multiplied by W0 W0^T, so a direction u_i learns at the rate eta sigma_i^2, and where
sigma_i is small it does not.

Exercise 25c, lesson 25: What a step of article B's training does to W.
Write split_step. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 25c       tests this file
    minilora exercise hint 25c        one hint more, each time
"""


def split_step(W, W0, G, eta):
    """W (m, n) after a step of gradient descent on V^T alone. W0 (m, n): what was split. G (m, n): the gradient of W."""
    # (V1)  W =
    raise NotImplementedError("25c: write split_step")
