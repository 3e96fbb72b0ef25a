"""OLoRA: the adapter starts with an orthonormal basis from the QR decomposition of W (Büyükakyüz 2024, arXiv 2406.01775).

    W: (out, in) = Q R   Q: (out, k)   R: (k, in), upper triangular   k = min(out, in)   A: (r, in)   B: (out, r)

    (S1)  A  =  the first r rows of R
    (S2)  B  =  the first r columns of Q,   so that the first r columns of W - B A are zero
"""

from dataclasses import dataclass

from minilora import backend
from minilora.adapters.shifted import ShiftedLoRA


def olora_start(W, r):
    """A (r, in) and B (out, r), the first r terms of W (out, in) = Q R. The sign of each term is free."""
    Q, R = backend.get_array_module(W).linalg.qr(W)
    A = R[:r].copy()                                    # (S1)
    B = Q[:, :r].copy()                                 # (S2)
    return A, B


@dataclass(frozen=True)
class OLoRA(ShiftedLoRA):
    """Starts at the first r terms of W = Q R: (S1) and (S2).

    Q is orthonormal, yet B A is not the best approximation of W of rank r: that is PiSSA's.
    """

    method = "olora"
    initial = "B A = first r terms of W = Q R"

    def factors(self, layer, evidence):
        return olora_start(layer.W.data, self.r)
