"""LoRA: what to add (the spec) and what hangs in the layer (the adapter)."""

import math
from dataclasses import dataclass
from numbers import Integral, Real

from minilora import backend
from minilora.nn.dropout import draw_mask
from minilora.nn.layer import Layer
from minilora.nn.parameter import Parameter
from minilora.ops.lora import lora_backward, lora_forward

BIAS_MODES = ("none", "all", "lora_only")


@dataclass(frozen=True)
class LoRA:
    """Delta W = s B A with s = alpha / r (Hu et al. 2021, arXiv 2106.09685, section 4.1).

    r: rank, at least 1 and at most min(in, out) of each layer it goes into. alpha: sets the scale; with s = alpha / r the size
    of Delta W stays comparable when r changes. dropout: in [0, 1), on the input of A, in training only. bias: "none" trains no
    bias, "all" every bias of the model, "lora_only" those of the layers that get an adapter; such a bias is changed in the model
    itself, so disable and remove leave it as trained. ValueError for a value out of range.
    """

    r: int = 8
    alpha: float = 16
    dropout: float = 0.0
    bias: str = "none"

    method = "lora"

    def __post_init__(self):
        if isinstance(self.r, bool) or not isinstance(self.r, Integral) or self.r < 1:
            raise ValueError(f"lora rank must be an integer of at least 1, got {self.r!r}")
        if isinstance(self.alpha, bool) or not isinstance(self.alpha, Real) or not math.isfinite(self.alpha):
            raise ValueError(f"lora alpha must be a finite number, got {self.alpha!r}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"lora dropout must be in [0, 1), got {self.dropout}")
        if self.bias not in BIAS_MODES:
            raise ValueError(f"lora bias must be one of {', '.join(BIAS_MODES)}, got {self.bias!r}")
        object.__setattr__(self, "r", int(self.r))  # an integer of NumPy does not go into JSON

    @property
    def scale(self):
        return float(self.alpha) / self.r  # a Python number: one of NumPy would turn float32 arrays into float64

    def refuse(self, layer):
        """ValueError if this cannot go into the layer."""
        smallest = min(layer.W.data.shape)
        if self.r > smallest:
            raise ValueError(f"lora rank must be between 1 and min(in, out)={smallest}, got {self.r}")

    def shapes(self, name, layer):
        """{array name: shape} of the adapter for the layer `name`."""
        n_out, n_in = layer.W.data.shape
        return {f"{name}.A": (self.r, n_in), f"{name}.B": (n_out, self.r)}

    def make(self, layer, rng, dropout_rng):
        """The adapter for a layer: A uniform in +-1/sqrt(in), B zero, so that nothing changes before the first step.

        rng draws A; dropout_rng, the model's own generator, draws the masks, so that a resumed run draws the same ones.
        """
        W = layer.W.data
        n_out, n_in = W.shape
        bound = 1 / math.sqrt(n_in)
        A = backend.asarray(rng.uniform(-bound, bound, (self.r, n_in)).astype(str(W.dtype)))
        B = backend.get_array_module(W).zeros((n_out, self.r), dtype=W.dtype)
        return LoRAAdapter(A, B, self, dropout_rng)


class LoRAAdapter(Layer):
    """The low-rank path of one linear layer, with its own A: (r, in) and B: (out, r)."""

    kind = "lora"

    def __init__(self, A, B, spec, rng):
        self.A, self.B = Parameter(A), Parameter(B)
        self.spec, self.rng = spec, rng
        self.enabled, self.merged = True, False

    def forward(self, x, y, layer):
        """y of the layer without this adapter, to y with it."""
        keep, p = None, self.spec.dropout
        if self.training and p > 0:
            keep = draw_mask(self.rng, x.shape, p)
        change, self._cache = lora_forward(x, self.A.data, self.B.data, keep, self.spec.scale, p)
        y += change
        return y

    def backward(self, dy):
        """This path's part of dx, and the gradient that goes on to the layer itself."""
        needs = {"x"} | {name for name in ("A", "B") if getattr(self, name).trainable}
        dx, dA, dB = lora_backward(dy, self.take_cache(), needs)
        if dA is not None:
            self.A.accumulate(dA)
        if dB is not None:
            self.B.accumulate(dB)
        return dx, dy

    def delta(self):
        """Delta W = s B A, (out, in): what merge adds to W."""
        return self.spec.scale * (self.B.data @ self.A.data)
