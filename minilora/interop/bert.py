"""BERT-like encoders: post-norm, learned positions and token types, attention both ways. MiniLM is one.

Here an encoder is what stands below its heads. Its own pooler and the heads of its pre-training are left in the file: a
classifier (n_classes) reads the mean of the tokens or the first one, and learns its own head.
"""

from minilora.interop.architecture import Architecture

BERT = Architecture(
    model_type="bert",
    classes=("BertModel", "BertForMaskedLM", "BertForPreTraining"),
    fixed={"norm": "layernorm", "norm_first": False, "position": "learned", "embed_norm": True, "attn_bias": True,
           "mlp_bias": True, "fused_qkv": False, "causal": False, "tied": True},  # fmt: skip
    fields={
        "vocab_size": ("vocab_size", 30522),
        "max_position_embeddings": ("block_size", 512),
        "hidden_size": ("d_model", 768),
        "intermediate_size": ("d_mlp", 3072),
        "num_hidden_layers": ("n_layers", 12),
        "num_attention_heads": ("n_heads", 12),
        "type_vocab_size": ("n_token_types", 2),
        "layer_norm_eps": ("norm_eps", 1e-12),
    },
    mlp=("hidden_act", "gelu", {"gelu": "gelu_erf", "gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh", "relu": "relu"}),
    required={"position_embedding_type": ("absolute",), "is_decoder": (False,), "add_cross_attention": (False,),
              "tie_word_embeddings": (True,)},  # fmt: skip
    prefix="bert.",
    block="encoder.layer.{i}.",
    names={"embed": "embeddings.word_embeddings", "position": "embeddings.position_embeddings",
           "token_types": "embeddings.token_type_embeddings", "embed_norm": "embeddings.LayerNorm"},  # fmt: skip
    layers={"attn.q": "attention.self.query", "attn.k": "attention.self.key", "attn.v": "attention.self.value",
            "attn.o": "attention.output.dense", "norm1": "attention.output.LayerNorm", "mlp.up": "intermediate.dense",
            "mlp.down": "output.dense", "norm2": "output.LayerNorm"},  # fmt: skip
    ignored=(r"(bert\.)?embeddings\.position_ids", r"(bert\.)?pooler\..*", r"cls\..*"),
    renamed={"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"},
    dropouts=("hidden_dropout_prob", "attention_probs_dropout_prob"),
)
