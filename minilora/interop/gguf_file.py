"""Models of Llama architecture in GGUF, the format of llama.cpp; read by the package gguf, in NumPy."""

from minilora.interop.architecture import Stored
from minilora.interop.fill import build
from minilora.nn import TransformerConfig

NAMES = {"embed.W": "token_embd.weight", "norm.gamma": "output_norm.weight"}
LAYERS = {
    "norm1.gamma": "attn_norm", "attn.q.W": "attn_q", "attn.k.W": "attn_k", "attn.v.W": "attn_v", "attn.o.W": "attn_output",
    "norm2.gamma": "ffn_norm", "mlp.gate.W": "ffn_gate", "mlp.up.W": "ffn_up", "mlp.down.W": "ffn_down",
}  # fmt: skip


def load_gguf(path, dtype="float32"):
    """The Transformer of a GGUF file of Llama architecture, in evaluation mode, its weights dequantised once."""
    reader = _reader(path)
    config = read_config(reader)
    tensors = Tensors(reader, config)
    model = build(config, places(config), tensors, lambda name: name == "rope_freqs.weight", dtype, path)
    return model


def places(config):
    found = {name: Stored(theirs) for name, theirs in NAMES.items()}
    for i in range(config.n_layers):
        found |= {f"blocks.{i}.{ours}": Stored(f"blk.{i}.{theirs}.weight") for ours, theirs in LAYERS.items()}
    if not config.tied:
        found["head.W"] = Stored("output.weight")
    return found


def read_config(reader):
    def get(name, default=None):
        field = reader.get_field(name)
        return default if field is None else field.contents()

    return TransformerConfig(
        vocab_size=len(get("tokenizer.ggml.tokens")), block_size=get("llama.context_length"),
        n_layers=get("llama.block_count"), n_heads=get("llama.attention.head_count"), n_kv_heads=get("llama.attention.head_count_kv"),
        d_model=get("llama.embedding_length"), d_mlp=get("llama.feed_forward_length"),
        norm="rmsnorm", norm_eps=get("llama.attention.layer_norm_rms_epsilon"), position="rope", rope_base=get("llama.rope.freq_base"),
        mlp="swiglu", attn_bias=False, mlp_bias=False, tied=not any(t.name == "output.weight" for t in reader.tensors),
    )


class Tensors:
    def __init__(self, reader, config):
        self._tensors = {t.name: t for t in reader.tensors}
        self._heads = {"attn_q": config.n_heads, "attn_k": config.n_kv_heads}
        self.shapes = {t.name: tuple(int(n) for n in reversed(t.shape)) for t in reader.tensors}

    def read(self, name):
        import gguf
        t = self._tensors[name]
        a = gguf.dequantize(t.data, t.tensor_type).reshape(self.shapes[name])
        heads = self._heads.get(name.split(".")[-2])
        return a if heads is None else unpermuted(a, heads)


def unpermuted(W, heads):
    """Rows from neighbours (2j, 2j+1) to halves (j, j + D/2)."""
    return W.reshape(heads, -1, 2, *W.shape[1:]).swapaxes(1, 2).reshape(W.shape)


def _reader(path):
    import gguf
    return gguf.GGUFReader(path)
