"""Article B: W = U S V^T is split, U S is frozen, V^T is trained, then all is merged; and the methods it should have been.

    as described    W' = U S V'^T, with V' = V at the start: Delta W = U S (V' - V)^T
    of rank 8       W' = U_8 S_8 K V_8^T, with K = I at the start: what is beyond the rank is lost before training begins

One step of gradient descent on V^T, at the rate eta, with G = dL/dW:

                    (V1)  W = W - eta W0 W0^T G,  W0 the W that was split

which is full tuning with its gradient multiplied by W0 W0^T, so a direction u_i learns at the rate eta sigma_i^2, and where
sigma_i is small it does not.
"""


def split_step(W, W0, G, eta):
    """W (m, n) after a step of gradient descent on V^T alone. W0 (m, n): what was split. G (m, n): the gradient of W."""
    return W - eta * W0 @ (W0.T @ G)  # (V1)
