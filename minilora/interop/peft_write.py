"""An adapter as a folder of PEFT's: adapter_model.safetensors, and adapter_config.json, which is written last.

What PEFT computes is W + s B A, or DoRA's m / n (W + s B A). Whatever else comes down to factors is converted, with s in B:

    lora-ga, olora, pissa   s (B A - B0 A0)        A' = [A; A0]   B' = s [B, -B0]       of rank 2r
    adalora                 s P diag(lam) Q        A' = Q         B' = s P diag(lam)
    lora-xs                 s B R A                A' = A         B' = s B R
    vera                    diag(b) B diag(d) A    A' = diag(d) A B' = s diag(b) B
    q, k, v into one map    s_i B_i A_i            A' = [A_q; A_k; A_v], B' = the s_i B_i along a diagonal of blocks
"""

from collections import Counter
from pathlib import Path

from minilora import backend, files
from minilora.adapters.combine import cat
from minilora.adapters.inject import adapters_of
from minilora.interop import peft_names as names
from minilora.nn.embedding import Embedding
from minilora.ops.dora import row_norms

AS_IT_IS = ("lora", "lora-fa", "eva", "qlora", "rslora", "dora")


def save_peft(model, folder, name="default", base=None):
    """Write the adapter `name` as a folder that PeftModel.from_pretrained loads on the same base; logits are the same there.

    base: what to write as base_model_name_or_path, such as a folder of save_huggingface or a name on the hub; PEFT loads without.
    Methods whose change of W is no product of two factors are refused with a ValueError: loha, lokr, svft. So is a layer
    without a counterpart, such as a classifier's head, and a model that none of the architectures can be.

    A model that has q, k and v apart, in an architecture that has them as one map, gets the adapter of that map that computes the
    same. An encoder's adapter, and a classifier's, is written for the class without a head; the head of a classifier is not in
    it. Beside a W in 4 bits (qlora) PEFT's result depends on how its own base is quantised. An adapter in the embedding leaves
    a tied head as it was, in PEFT as here, until it is merged: PEFT then changes both, minilora the embedding alone.
    """
    if base is not None and not isinstance(base, str):
        raise ValueError(f"base must be the name or folder of the base model, or None, got {base!r}")
    found = {layer_name: adapter for layer_name, _, _, adapter in adapters_of(model, name)}
    spec = next(iter(found.values())).spec
    _refuse_method(spec, name)
    architecture, bare = names.find_architecture(model.config), names.is_bare(model.config)
    modules = names.find_modules(model, architecture, bare)
    _refuse_layers(found, modules, architecture)
    adapted = [module for module in modules if not found.keys().isdisjoint(module.layers)]
    rooted = spec.method == "rslora" and all(len(module.layers) == 1 for module in adapted)
    written = {module: _written(module, found, rooted) for module in adapted}
    arrays = {module.key(leaf): a for module, (arrays, *_) in written.items() for leaf, a in arrays.items()}
    for key, biases in names.bias_keys(modules, adapted, spec.bias).items():
        arrays[key] = backend.get_array_module(biases[0].data).concatenate([b.data for b in biases])
    if spec.bias == "all":
        arrays |= {key: p.data for key, p in names.norm_biases(model, architecture, bare).items()}
    settings = {
        "base_model_name_or_path": base,
        "bias": spec.bias,
        "fan_in_fan_out": any(m.name.endswith(architecture.layers[ours]) for m in adapted for ours in architecture.transposed),
        "inference_mode": True,
        "init_lora_weights": True,
        "lora_dropout": spec.dropout,
        "modules_to_save": None,
        "peft_type": "LORA",
        "target_modules": _targets(adapted, modules, architecture),
        "task_type": "FEATURE_EXTRACTION" if bare else "CAUSAL_LM",
        "use_dora": spec.method == "dora",
        "use_rslora": rooted,
    }
    settings |= _with_patterns("r", "rank_pattern", {module.name: r for module, (_, r, _) in written.items()})
    settings |= _with_patterns("lora_alpha", "alpha_pattern", {module.name: _plain(a) for module, (*_, a) in written.items()})
    folder = Path(folder)
    files.save_arrays(folder / names.ARRAYS, arrays, {"format": "pt"})
    files.save_json(folder / names.CONFIG, dict(sorted(settings.items())))


def _written(module, found, rooted):
    """({our leaf: array}, r, alpha) of one module, from the adapters in it; found: {our layer: adapter}.

    rooted: whether PEFT shall take s = alpha / sqrt(r), else alpha / r.
    """
    adapters = {ours: found.get(ours) for ours in module.layers}
    if len(adapters) == 1:
        ((ours, adapter),) = adapters.items()
        at = adapter.spec.at(ours)
        if at.method in AS_IT_IS:
            same = rooted or at.method != "rslora"
            return adapter.arrays(), at.r, at.alpha * adapter.weight if same else adapter.scale * at.r
    A, B = _stacked(module, adapters)
    arrays = {"A": A, "B": B}
    if any(hasattr(adapter, "m") for adapter in adapters.values()):  # one that is left out keeps the lengths of its rows
        xp = backend.get_array_module(A)
        ms = [a.m.data if a else row_norms(module.layers[ours].original.data) for ours, a in adapters.items()]
        arrays["m"] = xp.concatenate(ms)
    return arrays, len(A), len(A)  # so that s = 1


def _stacked(module, adapters):
    """A (r, in) and B (out, r) of a module whose rows are those of ours: each part's A has columns of B of its own."""
    factors = {ours: _product(adapter) for ours, adapter in adapters.items() if adapter}
    As = [A for A, _ in factors.values()]
    xp, r = backend.get_array_module(*As), sum(map(len, As))
    blocks, left = [], 0
    for ours, layer in module.layers.items():
        n_out = layer.W.shape[1 if isinstance(layer, Embedding) else 0]
        block = xp.zeros((n_out, r), dtype=As[0].dtype)
        if ours in factors:
            _, B = factors[ours]
            block[:, left : left + B.shape[1]] = B
            left += B.shape[1]
        blocks.append(block)
    return xp.concatenate(As), xp.concatenate(blocks)


def _product(adapter):
    """A (r, in) and B (out, r) whose product is the change of W; DoRA's before its lengths."""
    method, s = adapter.spec.method, adapter.scale
    if method == "adalora":
        return adapter.Q.data, s * adapter.P.data * adapter.lam.data
    if method == "lora-xs":
        return adapter.A.data, s * (adapter.B.data @ adapter.R.data)
    if method == "vera":
        return adapter.d.data[:, None] * adapter.A, s * adapter.b.data[:, None] * adapter.B
    A, B = adapter.A.data, s * adapter.B.data
    return cat(A, B, adapter.A0.data, -s * adapter.B0.data) if hasattr(adapter, "A0") else (A, B)


def _targets(adapted, modules, architecture):
    """Names that select the adapted modules and no others: an end where all that have it are adapted, else the whole name."""
    targets = []
    for module in adapted:
        ends = [end for end in (*architecture.layers.values(), *architecture.names.values()) if module.name.endswith(f".{end}")]
        whole = [end for end in ends if all(other in adapted for other in modules if other.name.endswith(f".{end}"))]
        targets.append(whole[0] if whole else module.name)
    return sorted(set(targets))


def _with_patterns(setting, pattern, values):
    """The commonest value as the setting, and a pattern of its whole name for each module that has another.

    PEFT reads a pattern as a regular expression for the end of a name, and takes the first that fits: whole names fit one alone.
    """
    common = Counter(values.values()).most_common(1)[0][0]
    return {setting: common, pattern: {name: value for name, value in values.items() if value != common}}


def _plain(alpha):
    return int(alpha) if alpha == int(alpha) else alpha


def _refuse_method(spec, name):
    if spec.method in ("loha", "lokr", "svft"):
        change = f"adapter {name!r} is {spec.method}, whose change of W is not the B A that PEFT's LoRA holds"
        raise ValueError(f"{change}: merge(model), then save_huggingface(model, folder)")


def _refuse_layers(found, modules, architecture):
    """ValueError for a layer that has no counterpart."""
    known = {ours for module in modules for ours in module.layers}
    for layer_name in found:
        if layer_name not in known:
            lacks = f"PEFT's adapter of a {architecture.model_type} has no place for that"
            raise ValueError(f"{layer_name} has an adapter, and {lacks}: leave the layer out, or use save_adapter")
