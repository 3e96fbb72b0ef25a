"""Small GGUF files of Llama architecture, written by the package gguf; their rows of q and k permuted by index, one by one."""

import gguf
import numpy as np

SIZES = {"V": 77, "C": 96, "L": 2, "H": 4, "K": 2, "D": 16, "F": 160}
MIXED = {
    "token_embd": "Q8_0", "output": "F32", "attn_q": "Q8_0", "attn_k": "Q4_1", "attn_v": "Q4_0", "attn_output": "F16",
    "ffn_gate": "Q4_1", "ffn_up": "Q4_0", "ffn_down": "BF16",
}  # fmt: skip
OURS = {"attn_q": "attn.q", "attn_k": "attn.k", "attn_v": "attn.v", "attn_output": "attn.o", "ffn_gate": "mlp.gate",
        "ffn_up": "mlp.up", "ffn_down": "mlp.down", "attn_norm": "norm1", "ffn_norm": "norm2"}  # fmt: skip


def settings(V, C, L, H, K, D, F):
    return {
        "context_length": 40, "embedding_length": C, "block_count": L, "feed_forward_length": F, "attention.head_count": H,
        "attention.head_count_kv": K, "attention.key_length": D, "attention.value_length": D, "rope.dimension_count": D,
        "attention.layer_norm_rms_epsilon": 1e-3, "rope.freq_base": 500.0, "vocab_size": V,
    }  # fmt: skip


def write_llama(path, kinds=MIXED, tied=False, biases=(), change=None, more=None, tensors=None, seed=0, **sizes):
    """Write a random model; returns {our parameter's name: its values, float32}, as the package gguf dequantises them.

    kinds: {tensor: how it is stored}, F32 where not named. biases: tensors that have one. change: settings of llama.* (None
    leaves one out). more: other metadata. tensors: {name: array or None} put in the place of what would be written.
    """
    sizes = SIZES | sizes
    rng, writer, values = np.random.default_rng(seed), gguf.GGUFWriter(path, "llama"), {}
    for key, value in (settings(**sizes) | (change or {})).items():
        if value is not None:
            add(writer, f"llama.{key}", value)
    for key, value in ({"general.name": "small"} | (more or {})).items():
        add(writer, key, value)
    for name, ours, shape, heads in _parts(tied, biases, **sizes):
        W = rng.standard_normal(shape).astype("float32") * 0.1 + ("norm" in name)
        order = _order(heads, sizes["D"]) if heads else np.arange(shape[0])
        kind = gguf.GGMLQuantizationType[kinds.get(name.split(".")[-2], "F32") if len(shape) == 2 else "F32"]
        stored = gguf.quantize(W[order], kind)
        values[ours] = np.empty_like(W)
        values[ours][order] = gguf.dequantize(stored, kind)
        if name in (tensors or {}):
            stored, kind = tensors[name], None
        if stored is not None:
            writer.add_tensor(name, stored, raw_dtype=kind)
    for name in set(tensors or {}) - set(name for name, *_ in _parts(tied, biases, **sizes)):
        writer.add_tensor(name, tensors[name])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return values


def add(writer, key, value):
    {bool: writer.add_bool, int: writer.add_uint32, float: writer.add_float32, str: writer.add_string,
     list: writer.add_array}[type(value)](key, value)  # fmt: skip


def _order(heads, D):
    """The row of ours that stands in each row of the file: of each head 0, D/2, 1, D/2 + 1, ..."""
    return np.array([h * D + j + half * D // 2 for h in range(heads) for j in range(D // 2) for half in (0, 1)])


def _parts(tied, biases, V, C, L, H, K, D, F):
    """(name in the file, our name, shape, heads if its rows are permuted), in the order of the file."""
    yield "token_embd.weight", "embed.W", (V, C), None
    shapes = {"attn_q": (H * D, C), "attn_k": (K * D, C), "attn_v": (K * D, C), "attn_output": (C, H * D), "ffn_gate": (F, C),
              "ffn_up": (F, C), "ffn_down": (C, F), "attn_norm": (C,), "ffn_norm": (C,)}  # fmt: skip
    for i in range(L):
        for name, shape in shapes.items():
            heads = {"attn_q": H, "attn_k": K}.get(name)
            leaf = "W" if len(shape) == 2 else "gamma"
            yield f"blk.{i}.{name}.weight", f"blocks.{i}.{OURS[name]}.{leaf}", shape, heads
            if name in biases:
                yield f"blk.{i}.{name}.bias", f"blocks.{i}.{OURS[name]}.b", shape[:1], heads
    yield "output_norm.weight", "norm.gamma", (C,), None
    if not tied:
        yield "output.weight", "head.W", (V, C), None
