"""What the library does with arrays, as functions to be run on any array module: {name: function returning {name: array}}.

Each makes its arrays with `backend.asarray` or lets the library make them, so it runs where `backend.xp` says. The results are to
be the same on every module.
"""

import tempfile
from functools import partial
from pathlib import Path

import numpy as np

from minilora import backend, lowrank
from minilora.adapters import AdaLoRA, LoRA, LoRAFA, disable, enable, inject, load_adapter, merge, save_adapter, unmerge
from minilora.nn import Transformer, TransformerConfig, generate, quantize_linear
from minilora.nn.head_loss import head_loss, head_loss_backward
from minilora.nn.quantized import Blocks, hold
from minilora.ops import registry
from minilora.training import (
    SGD,
    AdaLoRAAdamW,
    Adam,
    AdamW,
    Flora,
    GaLore,
    LoRAFAAdamW,
    ReLoRAAdamW,
    Trainer,
    clip_gradients,
    load_checkpoint,
    lora_plus,
    save_checkpoint,
    warmup_cosine,
)

SMALL = {"vocab_size": 13, "block_size": 9, "n_layers": 2, "d_model": 8, "d_head": 4, "n_heads": 2, "d_mlp": 12}
MODELS = {
    "gpt": {"name": "tiny-gpt", "dropout": 0.2},
    "gpt fused, untied, relu": {"name": "tiny-gpt", "fused_qkv": True, "tied": False, "mlp": "relu"},
    "llama": {"name": "tiny-llama", "n_kv_heads": 1},
    "llama interleaved": {"name": "tiny-llama", "n_kv_heads": 1, "rope_interleaved": True},
    "bert": {"name": "tiny-bert", "dropout": 0.2},
    "classifier cls": {"name": "tiny-bert", "n_classes": 3},
    "classifier mean": {"name": "tiny-bert", "n_classes": 3, "pool": "mean"},
    "classifier last": {"name": "tiny-gpt", "n_classes": 3, "pool": "last"},
}
ADAM = {"lr": 0.01, "eps": 1e-3}  # an eps that keeps the step smooth in the gradient, so that rounding stays rounding


def op(name, dtype):
    """Forward and backward of a registered pair."""
    op, rng = registry[name], np.random.default_rng(0)
    inputs = {key: a.astype(dtype) if a.dtype.kind == "f" else a for key, a in op.make_inputs(rng).items()}
    y, cache = op.forward(**{key: backend.asarray(a) for key, a in inputs.items()}, **op.constants)
    dy = backend.asarray(rng.standard_normal(y.shape), dtype=dtype)
    gradients = op.backward(dy, cache)
    return {"y": y} | {f"gradient {i}": g for i, g in enumerate(gradients) if g is not None}


def low_rank_analysis():
    rng = np.random.default_rng(0)
    shapes = ((9, 7), (3, 7), (4, 7), (9, 3), (20, 7), (3, 3))
    W, A1, A2, B1, X, R = (backend.asarray(rng.standard_normal(shape)) for shape in shapes)
    U, sigma, Vt = lowrank.svd(W)
    U_r, sigma_r, Vt_r = lowrank.randomized_svd(W, 3)
    gram, magnitudes, fisher = X.T @ X, abs(X).mean(axis=0), W * W
    weighted = {
        "fisher": lowrank.fisher_truncate(W, 2, fisher),
        "activation": lowrank.activation_truncate(W, 2, gram),
        "diagonal": lowrank.diagonal_truncate(W, 2, magnitudes),
    }
    intruders = lowrank.intruder_dimensions(W, 2 * W + B1 @ A1, k=4, eps=0.9)
    components = lowrank.pca.fit(X, 3)
    discriminant = lowrank.lda.fit(X, backend.asarray(np.arange(20) % 3), ridge=0.01)
    balanced_A, balanced_B = lowrank.balanced(A1, B1)
    gauge_A, gauge_B = lowrank.gauge_transform(A1, B1, R)
    numbers = [
        *lowrank.truncation_error(W, 2),
        lowrank.effective_rank(W),
        lowrank.stable_rank(W),
        lowrank.energy_rank(W),
        lowrank.subspace_similarity(A1, A2, 2, 3),
        lowrank.fisher_error(W, weighted["fisher"], fisher),
        lowrank.activation_error(W, weighted["activation"], gram),
        lowrank.diagonal_error(W, weighted["diagonal"], magnitudes),
        *lowrank.amplification(W, B1 @ A1, 2),
        *lowrank.beyond_noise(W),
        components.share,
        components.error,
    ]
    return weighted | {
        "W": (U * sigma) @ Vt,
        "W_2": lowrank.truncate(W, 2),
        "W_r": (U_r * sigma_r) @ Vt_r,
        "numbers": backend.asarray(numbers),
        "sigma": lowrank.spectra({"q.W": W})["q.W"],
        "sigma of the change": lowrank.delta_spectra({"q.W": W}, {"q.W": 2 * W})["q.W"],
        "whole numbers": lowrank.singular_values(backend.asarray(np.arange(1, 10).reshape(3, 3))),
        "similarity": lowrank.similarity_grid(A1, A2),
        "angles": lowrank.principal_angles(A1, A2, 2, 3),
        "intruders": intruders.indices,
        "cosines": intruders.cosines,
        "density": lowrank.noise_density(sigma, 9, 7, 1.0),
        "balance": lowrank.balance(A1, B1, 4.0),
        "balanced": balanced_B @ balanced_A,
        "gauge": gauge_B @ gauge_A,
        "expand": lowrank.expand(magnitudes, 0, 30),
        "reduce": lowrank.reduce(magnitudes, 0, 3),
        "pca": lowrank.pca.project(X, components.mean, components.components),
        "pca variance": components.variance,
        "lda": abs(lowrank.lda.transform(X, discriminant)),
        "lda ratios": discriminant.ratios,
    }


def build(name, dtype="float64", **overrides):
    return Transformer(TransformerConfig.preset(name, **(SMALL | overrides)), rng=0, dtype=dtype)


def batch(config, rng):
    """ids, targets and a padding mask, on the host, as a loader gives them."""
    ids = rng.integers(0, config.vocab_size, (3, 7))
    mask = np.ones((3, 7), dtype=bool)
    mask[1, 5:] = False
    if config.n_classes:
        return ids, rng.integers(0, config.n_classes, 3), mask
    targets = rng.integers(0, config.vocab_size, (3, 7))
    targets[0, 2] = targets[1, 5] = targets[1, 6] = -100
    return ids, targets, mask


def parameters(model):
    return {name: p.data for name, p in model.named_parameters()}


def training(model, dtype):
    """Two steps of AdamW with clipping, then the logits in evaluation mode."""
    model, rng = build(dtype=dtype, **model), np.random.default_rng(0)
    optimizer, losses = AdamW(model.parameters(), **ADAM), []
    for _ in range(2):
        model.zero_grad()
        losses.append(model.loss(*batch(model.config, rng)))
        model.backward()
        losses.append(clip_gradients(optimizer.parameters, 0.5))
        optimizer.step()
    model.eval()
    ids, _, mask = batch(model.config, rng)
    return parameters(model) | {"losses": backend.asarray(losses), "logits": model.forward(ids, mask)}


def optimizers():
    """Those that train the whole model, then those that belong to a method of adapters."""
    thin = {"r": 2, "every": 2, **ADAM}
    whole = [partial(SGD, lr=0.1), partial(SGD, lr=0.1, momentum=0.9), partial(Adam, **ADAM), partial(GaLore, **thin),
             partial(Flora, **thin)]  # fmt: skip
    cases = [(None, lambda model, make=make: make(model.parameters())) for make in whole]
    cases += [(LoRA(r=4), partial(ReLoRAAdamW, every=2, prune=prune, **ADAM)) for prune in ("magnitude", "random", "reset")]
    cases += [
        (LoRA(r=2), lambda model: lora_plus(model) and AdamW(model.parameters(), **ADAM)),
        (LoRAFA(r=2), partial(LoRAFAAdamW, **ADAM)),
        (AdaLoRA(r=3), partial(AdaLoRAAdamW, r_target=1, t_init=0, t_final=2, every=1, **ADAM)),
    ]
    results = {}
    for spec, make in cases:
        model, rng = build("tiny-gpt"), np.random.default_rng(0)
        if spec is not None:
            inject(model, spec)
        optimizer = make(model)
        for _ in range(3):
            optimizer.zero_grad()
            model.loss(*batch(model.config, rng))
            model.backward()
            optimizer.step()
        results |= {f"{len(results)} {name}": a for name, a in parameters(model).items()}
    return results


def trainer():
    """The loop, with accumulation, schedule, clipping and evaluation."""
    model, rng = build("tiny-gpt"), np.random.default_rng(0)
    batches = (batch(model.config, rng) for _ in iter(int, 1))
    held_out = batch(model.config, np.random.default_rng(1))
    options = {"accumulate": 2, "clip": 0.5, "evaluate": lambda m: {"held_out": m.loss(*held_out)}, "evaluate_every": 2}
    loop = Trainer(model, AdamW(model.parameters(), **ADAM), batches, warmup_cosine(2, 4), progress=False, **options)
    history = loop.run(4)
    return parameters(model) | {"history": backend.asarray([[row["loss"], row["grad_norm"]] for row in history])}


def own_gradients():
    """Float vectors in the place of ids, and a gradient of the logits from outside."""
    model, rng = build("tiny-gpt"), np.random.default_rng(0)
    logits = model.forward(backend.asarray(rng.standard_normal((2, 5, 8))))
    dx = model.backward(backend.asarray(rng.standard_normal(logits.shape)))
    model.trace(rng.integers(0, 13, (2, 5)))
    return {"logits": logits, "dx": dx} | {name: p.grad for name, p in model.named_parameters()}


def checkpoint():
    """Saved from the device, loaded to it, and trained on."""
    with tempfile.TemporaryDirectory() as folder:
        for restored in (False, True):
            model = build("tiny-gpt")
            optimizer = AdamW(model.parameters(), **ADAM)
            if restored:
                load_checkpoint(folder, model, optimizer)
            model.zero_grad()
            model.loss(*batch(model.config, np.random.default_rng(0)))
            model.backward()
            optimizer.step()
            save_checkpoint(folder, model, optimizer)
    return parameters(model)


def lora():
    """Inject, two steps, switch off and on, merge, unmerge, save, load."""
    model, rng = build("tiny-gpt"), np.random.default_rng(0)
    ids, targets, mask = batch(model.config, rng)
    spec = LoRA(r=2, alpha=4, dropout=0.2, bias="lora_only")
    inject(model, spec, targets=("attn.q", "attn.v", "mlp.*"), rng=1)
    optimizer = AdamW(model.parameters(), **ADAM)
    for _ in range(2):
        model.zero_grad()
        model.loss(ids, targets, mask)
        model.backward()
        optimizer.step()
    results = parameters(model)
    model.eval()
    results["adapted"] = model.forward(ids, mask)
    disable(model)
    results["off"] = model.forward(ids, mask)
    enable(model)
    merge(model)
    results["merged"] = model.forward(ids, mask)
    unmerge(model)
    results["unmerged"] = model.forward(ids, mask)
    with tempfile.TemporaryDirectory() as folder:
        save_adapter(model, Path(folder))
        other = build("tiny-gpt").eval()
        load_adapter(other, Path(folder))
    return results | {"loaded": other.forward(ids, mask)}


def quantised():
    """A tied table in 8 bits and matrices in 4, with and without offsets and as NF4; two steps of LoRA beside them."""
    model, rng = build("tiny-llama", n_kv_heads=1, d_model=32), np.random.default_rng(0)
    ids, targets, mask = batch(model.config, rng)
    held = {}
    for name, p in model.named_parameters():
        n_out, n_in = p.shape if len(p.shape) == 2 else (0, 0)
        if n_in == 32:
            eight, offsets = name == "embed.W", name.endswith("v.W")
            codes = rng.integers(-127, 128, p.shape, "i1") if eight else rng.integers(0, 256, (n_out, 16), "u1")
            scales, shifts = (backend.asarray(rng.standard_normal((n_out, 2)) * 0.01, dtype="float16") for _ in range(2))
            levels = None if eight else tuple(range(16)) if offsets else tuple(range(-8, 8))
            held[p] = Blocks(backend.asarray(codes), scales, p.shape, p.dtype, 16, levels, shifts if offsets else None)
    hold(model, held)
    quantize_linear(model.blocks[1].mlp.down, block=4)
    inject(model, LoRA(r=2), targets=("attn.q", "mlp.down", "embed"), rng=1)
    optimizer = AdamW(model.parameters(), **ADAM)
    for _ in range(2):
        model.zero_grad()
        model.loss(ids, targets, mask)
        model.backward()
        optimizer.step()
    return parameters(model) | {"logits": model.forward(ids, mask)}


def loss_in_chunks():
    """A large vocabulary's: the logits of three positions at a time."""
    model, rng = build("tiny-llama", n_kv_heads=1), np.random.default_rng(0)
    ids, targets, mask = batch(model.config, rng)
    x = model.features(ids, mask)
    L, cache = head_loss(model.head, x, backend.asarray(targets), model.config.vocab_size, chunk=3 * model.config.vocab_size)
    assert type(L) is float and cache[1] is not None
    return {"loss": backend.asarray(L), "dx": head_loss_backward(model.head, cache), "dW": model.head.W.grad}


def generation(model):
    """Greedy and sampled, with and without the key/value cache, past the block."""
    model = build(**model)
    for p in model.parameters():  # far from uniform, so that no two tokens are nearly as likely
        p.data = p.data * 20
    ids = np.random.default_rng(0).integers(0, 13, (2, 3))
    greedy = generate(model, ids, max_new_tokens=8, temperature=0)
    sampled = generate(model, ids, max_new_tokens=8, temperature=0.9, top_k=5, top_p=0.9, rng=1)
    uncached = generate(model, ids, max_new_tokens=5, temperature=0.9, rng=1, use_cache=False)
    return {"greedy": backend.asarray(greedy), "sampled": backend.asarray(sampled), "uncached": backend.asarray(uncached)}


DTYPES = ("float64", "float32")
SCENARIOS = {f"op {name} {dtype}": partial(op, name, dtype) for name in registry for dtype in DTYPES}
SCENARIOS |= {f"train {name} {dtype}": partial(training, model, dtype) for name, model in MODELS.items() for dtype in DTYPES}
SCENARIOS |= {f"generate {name}": partial(generation, MODELS[name]) for name in ("gpt", "llama")}
for function in (optimizers, trainer, own_gradients, checkpoint, lora, quantised, loss_in_chunks, low_rank_analysis):
    SCENARIOS[function.__name__.replace("_", " ")] = function
