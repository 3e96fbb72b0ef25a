"""What a Transformer is made of: one set of fields, three presets."""

import math
import operator
from dataclasses import asdict, dataclass, fields
from numbers import Real

CHOICES = {
    "norm": ("layernorm", "rmsnorm"),
    "position": ("learned", "rope"),
    "mlp": ("relu", "gelu_tanh", "gelu_erf", "swiglu"),
    "pool": ("last", "cls", "mean"),
}
SIZES = ("vocab_size", "block_size", "n_layers", "n_heads", "n_kv_heads", "d_model", "d_head", "d_mlp")
SIZES += ("n_token_types", "n_classes")


@dataclass
class TransformerConfig:
    """The shape of a Transformer. Fields left at None follow from the others. ValueError names a field that cannot be.

    n_kv_heads None: n_heads. d_head None: d_model / n_heads. d_mlp None: 4 d_model, or for swiglu 8/3 d_model, rounded up to a
    multiple of 8. n_classes None: a language model; otherwise a classifier, which reads the position that `pool` names and
    never ties its head. block_size is the longest sequence.
    """

    vocab_size: int
    block_size: int = 64
    n_layers: int = 4
    n_heads: int = 4
    n_kv_heads: int | None = None
    d_model: int = 128
    d_head: int | None = None
    d_mlp: int | None = None
    norm: str = "layernorm"
    norm_first: bool = True
    norm_eps: float = 1e-5
    position: str = "learned"
    rope_base: float = 10000.0
    rope_interleaved: bool = False
    n_token_types: int = 0
    embed_norm: bool = False
    mlp: str = "gelu_tanh"
    attn_bias: bool = True
    mlp_bias: bool = True
    fused_qkv: bool = False
    causal: bool = True
    tied: bool = True
    dropout: float = 0.0
    n_classes: int | None = None
    pool: str = "last"

    def __post_init__(self):
        self._refuse_sizes()
        if self.n_kv_heads is None:
            self.n_kv_heads = self.n_heads
        if self.d_head is None:
            if self.d_model % self.n_heads:
                raise ValueError(f"d_model={self.d_model} must be a multiple of n_heads={self.n_heads}, or d_head must be given")
            self.d_head = self.d_model // self.n_heads
        if self.d_mlp is None:  # swiglu's three matrices hold as many numbers as the two of the others, up to rounding
            self.d_mlp = -(-8 * self.d_model // 24) * 8 if self.mlp == "swiglu" else 4 * self.d_model
        self._refuse_what_cannot_be()

    def _refuse_sizes(self):
        """Sizes become Python integers: those of NumPy do not go into JSON."""
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name not in SIZES or value is None is field.default:
                continue
            try:
                setattr(self, field.name, operator.index(value))
            except TypeError:
                raise ValueError(f"{field.name} must be an integer, got {value!r}") from None
            least = 0 if field.name == "n_token_types" else 1
            if value < least:
                raise ValueError(f"{field.name} must be at least {least}, got {value}")

    def _refuse_what_cannot_be(self):
        for name in ("norm_eps", "rope_base"):
            value = getattr(self, name)
            if not isinstance(value, Real) or not 0 < value < math.inf:
                raise ValueError(f"{name} must be a number > 0, got {value!r}")
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} must be one of {', '.join(choices)}, got {getattr(self, name)!r}")
        if self.n_heads % self.n_kv_heads:
            raise ValueError(f"n_heads={self.n_heads} must be a multiple of n_kv_heads={self.n_kv_heads}")
        if self.position == "rope" and self.d_head % 2:
            raise ValueError(f"d_head must be even for position='rope', got {self.d_head}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must be in [0, 1), got {self.dropout}")

    @classmethod
    def preset(cls, name, **overrides):
        """The preset `name`, with any field overridden; vocab_size must be given."""
        if name not in PRESETS:
            raise ValueError(f"preset must be one of {', '.join(PRESETS)}, got {name!r}")
        known = {field.name for field in fields(cls)}
        for field in overrides:
            if field not in known:
                raise ValueError(f"TransformerConfig has no field {field!r}; it has {', '.join(sorted(known))}")
        if "vocab_size" not in overrides:
            raise ValueError(f"preset {name!r} needs vocab_size, the number of tokens of your tokeniser")
        return cls(**(PRESETS[name] | overrides))

    def to_dict(self):
        """The fields as plain data, for JSON."""
        return asdict(self)


PRESETS = {
    "tiny-gpt": {"fused_qkv": False},
    "tiny-llama": {
        "n_kv_heads": 2,
        "norm": "rmsnorm",
        "position": "rope",
        "mlp": "swiglu",
        "attn_bias": False,
        "mlp_bias": False,
    },
    "tiny-bert": {
        "norm_first": False,
        "norm_eps": 1e-12,
        "n_token_types": 2,
        "embed_norm": True,
        "mlp": "gelu_erf",
        "causal": False,
        "pool": "cls",
    },
}
