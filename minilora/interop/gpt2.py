"""GPT-2: learned positions, layer norm first, one fused map for q, k and v, matrices stored (in, out)."""

from minilora.interop.architecture import Architecture

GPT2 = Architecture(
    model_type="gpt2",
    classes=("GPT2LMHeadModel", "GPT2Model"),
    fixed={"norm": "layernorm", "norm_first": True, "position": "learned", "n_token_types": 0, "embed_norm": False,
           "attn_bias": True, "mlp_bias": True, "fused_qkv": True, "causal": True},  # fmt: skip
    fields={
        "vocab_size": ("vocab_size", 50257),
        "n_positions": ("block_size", 1024),
        "n_embd": ("d_model", 768),
        "n_layer": ("n_layers", 12),
        "n_head": ("n_heads", 12),
        "n_inner": ("d_mlp", None),
        "layer_norm_epsilon": ("norm_eps", 1e-5),
        "tie_word_embeddings": ("tied", True),
    },
    mlp=("activation_function", "gelu_new", {
        "gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh", "gelu": "gelu_erf", "relu": "relu",
    }),  # fmt: skip
    required={"scale_attn_weights": (True,), "scale_attn_by_inverse_layer_idx": (False,), "add_cross_attention": (False,)},
    prefix="transformer.",
    block="h.{i}.",
    names={"embed": "wte", "position": "wpe", "norm": "ln_f"},
    layers={"norm1": "ln_1", "attn.qkv": "attn.c_attn", "attn.o": "attn.c_proj", "norm2": "ln_2", "mlp.up": "mlp.c_fc",
            "mlp.down": "mlp.c_proj"},  # fmt: skip
    dropouts=("embd_pdrop", "resid_pdrop", "attn_pdrop"),
    transposed=("attn.qkv", "attn.o", "mlp.up", "mlp.down"),
    ignored=(r"(transformer\.)?h\.\d+\.attn\.(masked_)?bias", r"lm_head\.weight"),  # the causal mask, in older files; a tied head
)
