"""What a Transformer of a config holds, told without building it: the sizes may be those of a damaged file."""


def parameter_shapes(config):
    """{name: shape} of the parameters of Transformer(config), as in its named_parameters."""
    c, C = config, config.d_model
    shapes = {"embed.W": (c.vocab_size, C)}
    if c.position == "learned":
        shapes["position.W"] = (c.block_size, C)
    if c.n_token_types:
        shapes["token_types.W"] = (c.n_token_types, C)
    if c.embed_norm:
        shapes |= _norm("embed_norm", c)
    block = _block(c)
    for i in range(c.n_layers):
        shapes |= {f"blocks.{i}.{name}": shape for name, shape in block.items()}
    if c.norm_first:
        shapes |= _norm("norm", c)
    if c.n_classes:
        shapes |= _map("head", c.n_classes, C, bias=True)
    elif not c.tied:
        shapes |= _map("head", c.vocab_size, C, bias=False)
    return shapes


def _block(c):
    C, q, kv = c.d_model, c.n_heads * c.d_head, c.n_kv_heads * c.d_head
    maps = {"qkv": q + 2 * kv} if c.fused_qkv else {"q": q, "k": kv, "v": kv}
    shapes = _norm("norm1", c)
    for name, n_out in maps.items():
        shapes |= _map(f"attn.{name}", n_out, C, c.attn_bias)
    shapes |= _map("attn.o", C, q, c.attn_bias) | _norm("norm2", c)
    for name in ("gate", "up") if c.mlp == "swiglu" else ("up",):
        shapes |= _map(f"mlp.{name}", c.d_mlp, C, c.mlp_bias)
    return shapes | _map("mlp.down", C, c.d_mlp, c.mlp_bias)


def _map(name, n_out, n_in, bias):
    return {f"{name}.W": (n_out, n_in)} | ({f"{name}.b": (n_out,)} if bias else {})


def _norm(name, c):
    return {f"{name}.{leaf}": (c.d_model,) for leaf in (("gamma", "beta") if c.norm == "layernorm" else ("gamma",))}
