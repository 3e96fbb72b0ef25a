"""SVFT: all singular vectors of W frozen, and between them a sparse matrix that is trained."""

from dataclasses import dataclass

from minilora import backend, lowrank
from minilora.adapters.adapter import Adapter
from minilora.adapters.spec import Spec, refuse_integer
from minilora.ops.svft import svft_backward, svft_forward


class SVFTAdapter(Adapter):
    """The path of one linear layer with its own M: (nnz,), at the places row, col of a (k, k) matrix between U and V, frozen."""

    kind = "svft"
    leaves = ("U", "V", "M")
    op_forward, op_backward = staticmethod(svft_forward), staticmethod(svft_backward)

    def constants(self, x):
        row, col = self.spec.places(self.U.data)
        return {"row": row, "col": col, "s": self.scale}

    def delta(self, W=None):
        U, V = self.U.data, self.V.data
        row, col = self.spec.places(U)
        full = backend.get_array_module(U).zeros((U.shape[1], U.shape[1]), dtype=U.dtype)
        full[row, col] = self.M.data
        return self.scale * (U @ full @ V.T)


@dataclass(frozen=True)
class SVFT(Spec):
    """Delta W = U M V^T with W = U S V^T and M zero outside of a band (Lingam et al. 2024, arXiv 2405.19597); M = 0 at the start.

    band: how many diagonals on each side of the main one; 0 trains the singular values alone. U and V are as large as W.
    """

    band: int = 0
    bias: str = "none"

    method = "svft"
    formula, initial, scaling = "U M V^T, M banded", "U, V of W, frozen; M = 0", "1"
    adapter = SVFTAdapter
    frozen = ("U", "V")

    def __post_init__(self):
        super().__post_init__()
        refuse_integer("svft band", self.band, least=0)

    @property
    def size(self):
        return f"band {self.band}"

    def shapes(self, layer):
        n_out, n_in = layer.W.data.shape
        return {"U": (n_out, min(n_out, n_in)), "V": (n_in, min(n_out, n_in)), "M": (self.values(n_in, n_out),)}

    def values(self, n_in, n_out):
        k = min(n_in, n_out)
        return sum(k - abs(offset) for offset in self._offsets(k))

    def flops(self, n_in, n_out):
        """The zeros of M are multiplied with the rest: see ops/svft.py."""
        k = min(n_in, n_out)
        return 2 * k * (n_in + n_out + k)

    def start(self, layer, rng, evidence=None):
        W = layer.W.data
        U, _, Vt = lowrank.svd(W)
        M = backend.get_array_module(W).zeros(self.values(*W.shape), dtype=W.dtype)
        return {"U": U, "V": Vt.T.copy(), "M": M}

    def places(self, U):
        """row, col of M's values, diagonal by diagonal, on U's device."""
        xp, k = backend.get_array_module(U), U.shape[1]
        spans = [(xp.arange(max(0, -offset), k - max(0, offset)), offset) for offset in self._offsets(k)]
        return xp.concatenate([i for i, _ in spans]), xp.concatenate([i + offset for i, offset in spans])

    def _offsets(self, k):
        return range(-min(self.band, k - 1), min(self.band, k - 1) + 1)
