"""OLoRA: the adapter starts with an orthonormal basis from the QR decomposition of W."""

from dataclasses import dataclass

from minilora import backend
from minilora.adapters.shifted import ShiftedLoRA


@dataclass(frozen=True)
class OLoRA(ShiftedLoRA):
    """Starts at B = Q[:, :r] and A = R[:r] of W = Q R (Büyükakyüz 2024, arXiv 2406.01775).

    Q is orthonormal, yet B A is not the best approximation of W of rank r: that is PiSSA's.
    """

    method = "olora"
    initial = "B A = first r terms of W = Q R"

    def factors(self, layer, evidence):
        W = layer.W.data
        Q, R = backend.get_array_module(W).linalg.qr(W)
        return R[: self.r].copy(), Q[:, : self.r].copy()
