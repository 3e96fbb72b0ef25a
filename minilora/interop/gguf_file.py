"""Models of Llama architecture in GGUF, the format of llama.cpp."""

import math
import warnings

import numpy as np

from minilora import backend
from minilora.files import FileError
from minilora.interop.architecture import Stored
from minilora.interop.fill import build, refuse_depth
from minilora.interop.gguf_blocks import LEVELS, read_blocks
from minilora.interop.gguf_header import import_gguf, read_header
from minilora.interop.rotary_rows import to_halves
from minilora.nn import TransformerConfig
from minilora.ops.quantized_linear import dequantized_parts

NAMES = {"embed.W": "token_embd.weight", "norm.gamma": "output_norm.weight", "head.W": "output.weight"}
LAYERS = {"norm1": "attn_norm", "attn.q": "attn_q", "attn.k": "attn_k", "attn.v": "attn_v", "attn.o": "attn_output",
          "norm2": "ffn_norm", "mlp.gate": "ffn_gate", "mlp.up": "ffn_up", "mlp.down": "ffn_down"}  # fmt: skip
NEEDED = {
    "context_length": "block_size", "embedding_length": "d_model", "block_count": "n_layers", "feed_forward_length": "d_mlp",
    "attention.head_count": "n_heads", "attention.layer_norm_rms_epsilon": "norm_eps",
}  # fmt: skip
OPTIONAL = {"attention.head_count_kv": "n_kv_heads", "attention.key_length": "d_head", "rope.freq_base": "rope_base",
            "vocab_size": "vocab_size"}  # fmt: skip
# The values of keys with which a file computes what ours does; where a key is not there, it does too.
REQUIRED = {
    "general.type": ("model",), "general.quantization_version": (2,), "split.count": (0, 1), "llama.attention.causal": (True,),
    "llama.rope.scaling.type": ("none",), "llama.rope.scaling.factor": (1.0, 0.0), "llama.rope.scale_linear": (1.0, 0.0),
}  # fmt: skip
WITHOUT_EFFECT = {"rope.scaling.original_context_length", "rope.scaling.finetuned", "tensor_data_layout"}
ROPE_FACTORS = "rope_freqs.weight"


def load_gguf(path, dtype="float32", quantised=False):
    """The Transformer of a GGUF file of Llama architecture, in evaluation mode.

    dtype: what to compute in. quantised: matrices that are stored as Q4_0, Q4_1 or Q8_0 stay in these blocks in memory, frozen
    for good, and are dequantised as they are used; LoRA trains beside them. The others become `dtype`, and a UserWarning says so.
    ValueError names an architecture, a setting or a kind of tensor that minilora has no part for, and lists the tensors that are
    missing, surplus or of another shape; files.FileError for a file that is missing or damaged.
    """
    header = read_header(path)
    try:
        config = read_config(header)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    tensors = Tensors(path, header, config, dtype, quantised)
    refuse_depth(config.n_layers, tensors, path)
    tensors.refuse_rope_factors()
    model = build(config, places(config), tensors, ROPE_FACTORS.__eq__, dtype, path)
    if quantised:
        tensors.announce_widened()
    return model


def read_config(header):
    """The TransformerConfig of a header. ValueError names what is missing, or what cannot be had here."""
    found, tensors = header.metadata, header.tensors
    architecture = found.get("general.architecture")
    if architecture != "llama":
        raise ValueError(f"minilora has no architecture {_shown(architecture)} in GGUF; it has 'llama'")
    fields = {ours: _number(found, theirs) for theirs, ours in NEEDED.items()}
    fields |= {ours: _number(found, theirs) for theirs, ours in OPTIONAL.items() if f"llama.{theirs}" in found}
    if "vocab_size" not in fields:
        fields["vocab_size"] = len(found.get("tokenizer.ggml.tokens", ())) or _rows(tensors, NAMES["embed.W"])
    config = TransformerConfig(
        **fields, norm="rmsnorm", position="rope", mlp="swiglu", tied=NAMES["head.W"] not in tensors,
        attn_bias=_has_bias(tensors, "attn_"), mlp_bias=_has_bias(tensors, "ffn_"),
    )  # fmt: skip
    _refuse_settings(found, config)
    return config


def places(config):
    """{our parameter's name: Stored} of all that a model of this config has."""
    found = {ours: Stored(theirs) for ours, theirs in NAMES.items() if ours != "head.W" or not config.tied}
    for i in range(config.n_layers):
        for ours, theirs in LAYERS.items():
            bias = config.attn_bias if ours.startswith("attn") else config.mlp_bias
            leaves = {"gamma": "weight"} if "norm" in ours else {"W": "weight"} | ({"b": "bias"} if bias else {})
            found |= {f"blocks.{i}.{ours}.{leaf}": Stored(f"blk.{i}.{theirs}.{name}") for leaf, name in leaves.items()}
    return found


class Tensors:
    """The tensors of a GGUF file, read one at a time. shapes: {name: shape}. ValueError for a kind that cannot be dequantised."""

    def __init__(self, path, header, config, dtype, quantised):
        self.path, self.dtype, self.quantised = path, dtype, quantised
        self.shapes = {name: tensor.shape for name, tensor in header.tensors.items()}
        self._tensors, self._gguf = header.tensors, import_gguf()
        self._heads = {"attn_q": config.n_heads, "attn_k": config.n_kv_heads}
        self._refuse_kinds()

    def read(self, name):
        """A tensor as floats, or as Blocks where they are to stay. Rows of q and k are in our order."""
        tensor = self._tensors[name]
        heads = self._heads.get(name.split(".")[-2])
        raw = np.fromfile(self.path, "u1", tensor.nbytes, offset=tensor.start)
        if raw.size != tensor.nbytes:
            raise FileError(f"{self.path}: became shorter while it was read; load it again")

        def turned(a):
            return a if heads is None else to_halves(a, heads)

        if self._in_blocks(name):
            blocks = read_blocks(raw, tensor.kind.name, tensor.shape, self.dtype, turned)
            return blocks if self.quantised else _values(blocks)
        values, size = self._gguf.GGML_QUANT_SIZES[tensor.kind]
        raw = raw.reshape(*tensor.shape[:-1], tensor.shape[-1] // values * size)
        with backend.quiet():
            return turned(self._gguf.dequantize(raw, tensor.kind))

    def announce_widened(self):
        """A UserWarning if a matrix does not stay in its blocks."""
        matrices = [name for name, shape in self.shapes.items() if len(shape) == 2]
        widened = [name for name in matrices if not self._in_blocks(name)]
        if widened:
            kinds = ", ".join(sorted({self._tensors[name].kind.name for name in widened}))
            size = sum(math.prod(self.shapes[name]) for name in widened) * np.dtype(self.dtype).itemsize / 1e6
            stay = f"{', '.join(LEVELS)} stay in their blocks"
            warnings.warn(
                f"{self.path}: {len(widened)} of {len(matrices)} matrices are {kinds}, and take {size:.0f} MB: only {stay}",
                stacklevel=3,
            )

    def refuse_rope_factors(self):
        """ValueError if a file scales its rotary frequencies one by one, as Llama 3.1 does."""
        if ROPE_FACTORS in self.shapes and not (self.read(ROPE_FACTORS) == 1).all():
            raise ValueError(f"{self.path}: {ROPE_FACTORS} scales the rotary frequencies, which minilora does not know")

    def _in_blocks(self, name):
        return len(self.shapes[name]) == 2 and self._tensors[name].kind.name in LEVELS

    def _refuse_kinds(self):
        for name, kind in {tensor.kind: (name, tensor.kind) for name, tensor in self._tensors.items()}.values():
            try:
                self._gguf.dequantize(np.zeros((1, self._gguf.GGML_QUANT_SIZES[kind][1]), "u1"), kind)
            except NotImplementedError:
                cannot = "which the package gguf cannot dequantise"
                raise ValueError(f"{self.path}: {name!r:.99} is {kind.name}, {cannot}; convert the file to Q8_0 or F16") from None


def _number(found, name):
    value = found.get(f"llama.{name}")
    if value is None:
        raise ValueError(f"it lacks llama.{name}, without which no model can be built")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"llama.{name} must be one number, got {_shown(value)}")
    return value


def _refuse_settings(found, config):
    required = REQUIRED | {f"llama.{name}": (config.d_head,) for name in ("rope.dimension_count", "attention.value_length")}
    for key, values in required.items():
        if key in found and found[key] not in values:
            raise ValueError(f"it sets {key} to {_shown(found[key])}; minilora has {' or '.join(map(repr, values))} only")
    known = {*required, *(f"llama.{name}" for name in (*NEEDED, *OPTIONAL, *WITHOUT_EFFECT))}
    for key, value in found.items():
        if key.startswith("llama.") and key not in known and value:  # False, 0 and "" switch off what we do not know
            raise ValueError(f"it sets {key!r:.99} to {_shown(value)}, which minilora does not know")


def _values(blocks):
    """The values of Blocks on the host, made some rows at a time: less memory than all at once."""
    values = np.empty(blocks.shape, blocks.dtype)
    b = blocks
    with backend.quiet():  # scales may be infinite
        for part, some in dequantized_parts(b.codes, b.scales, b.offsets, b.levels, b.block, b.shape[1], b.dtype):
            values[part] = backend.asnumpy(some)
    return values


def _has_bias(tensors, start):
    return any(name.split(".")[-2].startswith(start) for name in tensors if name.startswith("blk.") and name.endswith(".bias"))


def _rows(tensors, name):
    if name not in tensors:
        raise ValueError(f"it lacks {name}, without which no model can be built")
    return tensors[name].shape[0]


def _shown(value):
    return f"{value!r:.80}" if isinstance(value, (str, int, float, type(None))) else f"{len(value)} values"
