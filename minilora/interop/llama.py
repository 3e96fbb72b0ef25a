"""Llama: RMS norm first, rotary positions, grouped heads, SwiGLU. SmolLM2 is one."""

from minilora.interop.architecture import Architecture

LLAMA = Architecture(
    model_type="llama",
    classes=("LlamaForCausalLM", "LlamaModel"),
    fixed={"norm": "rmsnorm", "norm_first": True, "position": "rope", "rope_interleaved": False, "n_token_types": 0,
           "embed_norm": False, "fused_qkv": False, "causal": True},  # fmt: skip
    fields={
        "vocab_size": ("vocab_size", 32000),
        "max_position_embeddings": ("block_size", 2048),
        "hidden_size": ("d_model", 4096),
        "intermediate_size": ("d_mlp", 11008),
        "num_hidden_layers": ("n_layers", 32),
        "num_attention_heads": ("n_heads", 32),
        "num_key_value_heads": ("n_kv_heads", None),
        "head_dim": ("d_head", None),
        "rms_norm_eps": ("norm_eps", 1e-6),
        "rope_theta": ("rope_base", 10000.0),
        "tie_word_embeddings": ("tied", False),
        "attention_bias": ("attn_bias", False),
        "mlp_bias": ("mlp_bias", False),
    },
    mlp=("hidden_act", "silu", {"silu": "swiglu", "swish": "swiglu"}),
    required={"rope_scaling": (None, {"rope_type": "default"}, {"type": "default"}), "rope_type": ("default",),
              "partial_rotary_factor": (1.0,), "sliding_window": (None,)},  # fmt: skip
    prefix="model.",
    block="layers.{i}.",
    names={"embed": "embed_tokens", "norm": "norm"},
    layers={"norm1": "input_layernorm", "attn.q": "self_attn.q_proj", "attn.k": "self_attn.k_proj", "attn.v": "self_attn.v_proj",
            "attn.o": "self_attn.o_proj", "norm2": "post_attention_layernorm", "mlp.gate": "mlp.gate_proj",
            "mlp.up": "mlp.up_proj", "mlp.down": "mlp.down_proj"},  # fmt: skip
    ignored=(r"(model\.)?layers\.\d+\.self_attn\.rotary_emb\.inv_freq", r"lm_head\.weight"),
)
