"""Article B: W = U S V^T is split, U S is frozen, V^T is trained, then all is merged; and the methods it should have been.

    as described    W' = U S V'^T, with V' = V at the start: Delta W = U S (V' - V)^T
    of rank 8       W' = U_8 S_8 K V_8^T, with K = I at the start: what is beyond the rank is lost before training begins

One step of gradient descent on V^T, at the rate eta, with G = dL/dW:

                    (V1)  W = W - eta W0 W0^T G,  W0 the W that was split

which is full tuning with its gradient multiplied by W0 W0^T, so a direction u_i learns at the rate eta sigma_i^2, and where
sigma_i is small it does not.
"""

from dataclasses import dataclass

from minilora import backend, lowrank
from minilora.adapters import SVFT, LoRAXS, PiSSA
from minilora.adapters.lora_xs import LoRAXSAdapter
from minilora.adapters.shifted import ShiftedLoRA
from minilora.experiments.systems.contestant import Contestant
from minilora.experiments.systems.in_place import InPlaceOfW
from minilora.experiments.systems.references import with_adapter

ARTICLES_RANK = 8


@dataclass(frozen=True)
class SVDSplit(ShiftedLoRA):
    """A = V^T is trained, B = U S is frozen, and W gives up all of itself. There is no rank to choose: it is min(in, out)."""

    method = "svd-split"
    formula, initial, scaling = "U S (V' - V)^T", "A = V^T, B = U S, frozen", "1"
    frozen = ("B",)

    @property
    def scale(self):
        return 1.0

    def refuse(self, layer):
        """Any layer has its decomposition."""

    def shapes(self, layer):
        n_out, n_in = layer.W.data.shape
        k = min(n_out, n_in)
        return {"A": (k, n_in), "B": (n_out, k), "A0": (k, n_in), "B0": (n_out, k)}

    def values(self, n_in, n_out):
        return min(n_in, n_out) * n_in

    def factors(self, layer, evidence):
        U, sigma, Vt = lowrank.svd(layer.W.data)
        return Vt, U * sigma


class KernelAdapter(InPlaceOfW, LoRAXSAdapter):
    """The op of LoRA-XS, and nothing beside it."""

    kind = "svd-kernel"


@dataclass(frozen=True)
class SVDKernel(LoRAXS):
    """W' = B R A with B = U_r S_r and A = V_r^T frozen, and R = I trained: the article's layer of rank r."""

    r: int = ARTICLES_RANK

    method = "svd-kernel"
    formula, initial, scaling = "U_r S_r R V_r^T - W", "R = I", "1"
    adapter = KernelAdapter
    additive = False

    @property
    def scale(self):
        return 1.0

    def start(self, layer, rng, evidence=None):
        W = layer.W.data
        U, sigma, Vt = lowrank.svd(W)
        R = backend.get_array_module(W).eye(self.r, dtype=W.dtype)
        return {"A": Vt[: self.r].copy(), "B": U[:, : self.r] * sigma[: self.r], "R": R}


def split_step(W, W0, G, eta):
    """W (m, n) after a step of gradient descent on V^T alone. W0 (m, n): what was split. G (m, n): the gradient of W."""
    return W - eta * W0 @ (W0.T @ G)  # (V1)


def split(arena, rate, seed, steps):
    """V^T is trained."""
    return with_adapter(arena, SVDSplit(), rate, seed, steps)


def kernel(arena, rate, seed, steps):
    """The layer of rank 8."""
    return with_adapter(arena, SVDKernel(), rate, seed, steps)


def pissa(arena, rate, seed, steps):
    """PiSSA at LoRA's rank."""
    return with_adapter(arena, PiSSA(r=arena.setting.rank, alpha=arena.setting.rank), rate, seed, steps)


def lora_xs(arena, rate, seed, steps):
    """LoRA-XS at a rank that gives about as many values as a LoRA of rank 1."""
    return with_adapter(arena, LoRAXS(r=16, alpha=16), rate, seed, steps)


def svft(arena, rate, seed, steps):
    """SVFT with two diagonals on each side."""
    return with_adapter(arena, SVFT(band=2), rate, seed, steps)


CONTESTANTS = (
    Contestant("b-split", "B as described: train V^T", "B", True, split, 1e-3),
    Contestant("b-kernel", "B as described: kernel of rank 8", "B", True, kernel, 1e-2),
    Contestant("pissa", "PiSSA", "B", False, pissa, 2e-3),
    Contestant("lora-xs", "LoRA-XS, rank 16", "B", False, lora_xs, 5e-3),
    Contestant("svft", "SVFT, band 2", "B", False, svft, 1e-2),
)
STUDIES = ()
