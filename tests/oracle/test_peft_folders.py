"""Adapter folders against PEFT itself, on models of Transformers: the same logits both ways, the same arrays, the same gradients.

float64 is held to 1e-9 of the largest logit, float32 to 1e-4 of it: with the largest adapters here, ours in float32 is 3e-5 from
ours in float64, and theirs rounds apart from it. Transformers' Llama turns and normalises in float32 whatever its dtype, so its
logits are compared in float32 alone, and its adapted layers one by one in float64.
"""

import tempfile
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from minilora import files
from minilora.adapters import LoRA, adapters_of, combine, find_method, inject, weigh
from minilora.adapters.dora import DoRA
from minilora.interop import fetch, load_gguf, load_huggingface, load_peft, save_huggingface, save_peft
from minilora.nn import Transformer, TransformerConfig

torch = pytest.importorskip("torch")
peft = pytest.importorskip("peft")
transformers = pytest.importorskip("transformers")

CONFIGS = {
    "gpt2": TransformerConfig(vocab_size=53, block_size=19, n_layers=3, n_heads=3, d_model=24, d_mlp=44, fused_qkv=True),
    "llama": TransformerConfig(
        vocab_size=47, block_size=23, n_layers=3, n_heads=4, n_kv_heads=2, d_model=20, d_head=6, d_mlp=28, norm="rmsnorm",
        position="rope", mlp="swiglu", attn_bias=True, mlp_bias=False, tied=False,
    ),
    "bert": TransformerConfig.preset("tiny-bert", vocab_size=41, block_size=17, n_layers=2, n_heads=3, d_model=18, d_mlp=26),
}  # fmt: skip
CONFIGS["gpt2, q k v apart"] = replace(CONFIGS["gpt2"], fused_qkv=False)
KINDS = ("gpt2", "gpt2, q k v apart", "llama")
TARGETS = {
    "gpt2": ("attn.qkv", "attn.o", "mlp.up", "mlp.down"),
    "gpt2, q k v apart": ("attn.q", "attn.v", "mlp.down"),
    "llama": ("attn.q", "attn.k", "attn.v", "attn.o", "mlp.gate", "mlp.up", "mlp.down"),
}
METHODS = {
    name: {} if name == "vera" else {"alpha": 7}
    for name in ("lora", "rslora", "dora", "lora-fa", "eva", "pissa", "olora", "lora-ga", "adalora", "lora-xs", "vera")
}
DTYPES = ("float64", "float32")
NEAR = {"float64": 1e-9, "float32": 1e-4}


@pytest.fixture(autouse=True)
def quiet():
    """What PEFT says of missing keys is an error; of tied heads, and of its own housekeeping, it may speak."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", message=".*missing adapter keys.*")
        yield


def make(kind, dtype="float64"):
    """A model of ours with every array drawn, biases and norms too."""
    model, rng = Transformer(CONFIGS[kind], rng=0, dtype=dtype).eval(), np.random.default_rng(1)
    for name, p in model.named_parameters():
        p.data = (0.25 * rng.standard_normal(p.data.shape) + name.endswith("gamma")).astype(dtype)
    return model


def move(model, name=None):
    rng = np.random.default_rng(2)
    for *_, adapter in adapters_of(model, name):
        for p in adapter.parameters():
            if p.trainable:
                p.data = p.data + 0.3 * rng.standard_normal(p.data.shape)


def ids_of(model):
    c = model.config
    return np.random.default_rng(3).integers(0, c.vocab_size, (2, c.block_size - 4))


def theirs(folder, dtype, cls="AutoModelForCausalLM"):
    return getattr(transformers, cls).from_pretrained(folder, dtype=getattr(torch, dtype)).eval()


def logits(model, ids):
    with torch.no_grad():
        return model(torch.tensor(ids)).logits.numpy()


def close(ours, expected, dtype):
    assert ours.dtype == expected.dtype == dtype
    np.testing.assert_allclose(ours, expected, rtol=0, atol=NEAR[dtype] * np.abs(expected).max())


def same_arrays(model, folder):
    """Whether PEFT holds what the file does, under the same names, bit for bit."""
    held, _ = files.load_arrays(folder / "adapter_model.safetensors")
    state = {key: a.numpy() for key, a in peft.get_peft_model_state_dict(model, save_embedding_layers=False).items()}
    assert state.keys() == held.keys()
    for key, a in state.items():
        np.testing.assert_array_equal(a, held[key], err_msg=key)


def carried(model, ids, tmp_path, adapt, dtype):
    """Logits of ours with what `adapt` does to it, and of PEFT with the folder of it; the latter's model too."""
    save_huggingface(model, tmp_path / "base")
    before = model.forward(ids)
    adapt(model)
    ours = model.forward(ids)
    assert np.abs(ours - before).max() > 0.05 * np.abs(before).max()
    save_peft(model, tmp_path / "adapter")
    there = peft.PeftModel.from_pretrained(theirs(tmp_path / "base", dtype), tmp_path / "adapter").eval()
    same_arrays(there, tmp_path / "adapter")
    return ours, logits(there, ids), there


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", METHODS)
def test_each_method_in_peft(method, kind, dtype, tmp_path):
    model = make(kind, dtype)
    ids, spec = ids_of(model), find_method(method)(r=3, **METHODS[method])
    batch = (ids, np.roll(ids, -1, 1)) if spec.evidence else None

    def adapt(model):
        inject(model, spec, TARGETS[kind], rng=4, batch=batch)
        move(model)

    ours, expected, there = carried(model, ids, tmp_path, adapt, dtype)
    if kind != "llama" or dtype == "float32":
        close(ours, expected, dtype)
    else:
        same_layers(model, there)


def same_layers(model, there):
    """Each adapted layer alone, ours and theirs, at the same input, in float64."""
    modules = dict(there.base_model.model.named_modules())
    parts = {"attn": "self_attn", "q": "q_proj", "k": "k_proj", "v": "v_proj", "o": "o_proj",
             "gate": "gate_proj", "up": "up_proj", "down": "down_proj"}  # fmt: skip
    for name, layer, *_ in adapters_of(model):
        _, i, path = name.split(".", 2)
        module = modules[f"model.layers.{i}." + ".".join(parts.get(part, part) for part in path.split("."))]
        x = np.random.default_rng(5).standard_normal((2, 3, layer.W.shape[1]))
        with torch.no_grad():
            close(layer.forward(x), module(torch.tensor(x)).numpy(), "float64")


PATTERNS = {
    "ranks and scales": LoRA(4, 7, rank_pattern={"blocks.1.*": 2, "mlp.*": 3}, alpha_pattern={"mlp.down": 5, "blocks.0.*": 11.5}),
    "of rslora": find_method("rslora")(4, 7, rank_pattern={"blocks.1.*": 2}, alpha_pattern={"mlp.down": 5}),
    "of dora": DoRA(4, 7, rank_pattern={"blocks.1.*": 2}, alpha_pattern={"blocks.2.mlp.down": 5}),
    "of pissa": find_method("pissa")(4, 7, rank_pattern={"blocks.1.*": 2}),
    "all of one rank, not r": LoRA(4, 7, rank_pattern={"blocks.*": 2}),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", PATTERNS)
def test_patterns_in_peft(case, kind, tmp_path):
    dtype = "float32" if kind == "llama" else "float64"
    model = make(kind, dtype)

    def adapt(model):
        inject(model, PATTERNS[case], ("blocks.*",), rng=4)
        move(model)

    ours, expected, _ = carried(model, ids_of(model), tmp_path, adapt, dtype)
    close(ours, expected, dtype)


@pytest.mark.parametrize(("kind", "targets"), [
    ("gpt2", ("blocks.1.mlp.down", "blocks.2.attn.o")), ("gpt2", ("mlp.down",)),
    ("gpt2", ("embed", "position", "head", "attn.o")),
    ("gpt2, q k v apart", ("attn.k",)), ("gpt2, q k v apart", ("blocks.0.attn.v", "blocks.2.attn.q", "blocks.2.attn.v")),
    ("llama", ("embed", "head")), ("llama", ("blocks.1.attn.v", "blocks.0.mlp.down", "mlp.up")),
])  # fmt: skip
@pytest.mark.parametrize("method", ["lora", "rslora"])
def test_targets_in_peft(kind, targets, method, tmp_path):
    """Some layers of a kind, all of one, tables and heads; a tied head stays as it was when the embedding is adapted."""
    dtype = "float32" if kind == "llama" else "float64"
    model = make(kind, dtype)

    def adapt(model):
        inject(model, find_method(method)(3, 7), targets, rng=4)
        move(model)

    ours, expected, _ = carried(model, ids_of(model), tmp_path, adapt, dtype)
    close(ours, expected, dtype)


def test_dora_of_some_of_the_parts(tmp_path):
    """k, which is left out, keeps its rows' lengths."""
    model = make("gpt2, q k v apart")

    def adapt(model):
        inject(model, DoRA(3, 7), ("attn.q", "blocks.1.attn.v"), rng=4)
        move(model)

    ours, expected, _ = carried(model, ids_of(model), tmp_path, adapt, "float64")
    close(ours, expected, "float64")


@pytest.mark.parametrize("bias", ["lora_only", "all"])
@pytest.mark.parametrize("kind", KINDS)
def test_biases_in_peft(bias, kind, tmp_path):
    dtype = "float32" if kind == "llama" else "float64"
    model = make(kind, dtype)

    def adapt(model):
        inject(model, LoRA(3, 7, bias=bias), TARGETS[kind][:2], rng=4)
        for name, p in model.named_parameters():
            if p.trainable:
                p.data = p.data + np.random.default_rng(len(name)).standard_normal(p.data.shape)

    ours, expected, _ = carried(model, ids_of(model), tmp_path, adapt, dtype)
    close(ours, expected, dtype)


def test_weighed_and_combined_adapters_in_peft(tmp_path):
    """The weight goes into the scale; of several adapters the named one is written."""
    model = make("gpt2")

    def adapt(model):
        inject(model, LoRA(3, 7), ("attn.qkv",), rng=4, name="one")
        inject(model, find_method("pissa")(2, 3), ("mlp.down", "attn.qkv"), rng=5, name="two")
        move(model)
        combine(model, ("one", "two"), (0.7, -1.3), name="default")
        weigh(model, "default", 0.6)

    ours, expected, _ = carried(model, ids_of(model), tmp_path, adapt, "float64")
    close(ours, expected, "float64")


ENCODER = ("attn.q", "attn.k", "attn.v", "attn.o", "mlp.up", "mlp.down", "embed", "position")


@pytest.mark.parametrize(("method", "targets"), [("lora", ENCODER), ("lora", ("mlp.down",)), ("dora", ENCODER[:-2])])
def test_an_encoder_both_ways(method, targets, tmp_path):
    """The features, as BertModel gives them. output.dense, mlp.down, is also the end of attn.o."""
    model = make("bert")
    save_huggingface(model, tmp_path / "base")
    ids = ids_of(model)
    inject(model, find_method(method)(3, 7), targets, rng=4)
    move(model)
    save_peft(model, tmp_path / "adapter")
    there = peft.PeftModel.from_pretrained(theirs(tmp_path / "base", "float64", "BertModel"), tmp_path / "adapter").eval()
    same_arrays(there, tmp_path / "adapter")
    with torch.no_grad():
        close(model.features(ids), there(torch.tensor(ids)).last_hidden_state.numpy(), "float64")
    there.save_pretrained(tmp_path / "again")
    fresh = load_huggingface(tmp_path / "base", "float64")
    load_peft(fresh, tmp_path / "again")
    close(fresh.features(ids), model.features(ids), "float64")


GPT2, LLAMA = ["c_attn", "attn.c_proj"], ["q_proj", "v_proj", "down_proj"]
FROM_PEFT = {  # LoraConfig's arguments
    "lora": ("gpt2", {"target_modules": GPT2, "r": 3, "lora_alpha": 7, "lora_dropout": 0.1}),
    "defaults": ("gpt2", {}),
    "defaults of llama": ("llama", {}),
    "c_proj means two": ("gpt2", {"target_modules": ["c_proj"], "r": 2}),
    "an expression": ("gpt2", {"target_modules": r".*h\.[02]\.(attn|mlp)\.c_proj", "r": 2}),
    "all-linear": ("gpt2", {"target_modules": "all-linear", "r": 2}),
    "all-linear of llama": ("llama", {"target_modules": "all-linear", "r": 2}),
    "excluded": ("gpt2", {"target_modules": ["c_proj", "c_attn"],
                          "exclude_modules": ["mlp.c_proj", "transformer.h.1.attn.c_attn"]}),
    "excluded by an expression": ("llama", {"target_modules": LLAMA, "exclude_modules": r".*layers\.0\..*"}),
    "some layers": ("llama", {"target_modules": LLAMA, "layers_to_transform": [0, 2]}),
    "one layer": ("gpt2", {"target_modules": GPT2, "layers_to_transform": 0, "layers_pattern": "h"}),
    "patterns": ("llama", {"target_modules": LLAMA, "r": 3, "rank_pattern": {"v_proj": 2, r"layers\.1\.mlp\..*": 4},
                           "alpha_pattern": {"^model.layers.2.self_attn.q_proj": 5, "down_proj": 11}}),
    "rslora": ("llama", {"target_modules": LLAMA, "r": 3, "lora_alpha": 7, "use_rslora": True}),
    "rslora with patterns": ("gpt2", {"target_modules": GPT2, "use_rslora": True, "rank_pattern": {"c_proj": 3}}),
    "dora": ("gpt2", {"target_modules": GPT2, "r": 3, "lora_alpha": 7, "use_dora": True}),
    "dora of llama": ("llama", {"target_modules": LLAMA, "r": 3, "lora_alpha": 7, "use_dora": True}),
    "dora with rslora and patterns": ("gpt2", {"target_modules": GPT2, "r": 3, "lora_alpha": 7, "use_dora": True,
                                               "use_rslora": True, "rank_pattern": {"c_proj": 5},
                                               "alpha_pattern": {"h.1.attn.c_attn": 2}}),
    "biases": ("gpt2", {"target_modules": GPT2, "r": 3, "bias": "lora_only"}),
    "tables": ("gpt2", {"target_modules": ["wte", "wpe", "mlp.c_fc"], "r": 3}),
    "tables of llama": ("llama", {"target_modules": ["embed_tokens", "lm_head", "k_proj"], "r": 3}),
    "a wrong fan_in_fan_out": ("gpt2", {"target_modules": GPT2, "r": 3, "fan_in_fan_out": False, "use_dora": True}),
    "another start": ("gpt2", {"target_modules": GPT2, "r": 4, "init_lora_weights": "orthogonal"}),
}  # fmt: skip


@pytest.mark.parametrize(("case", "apart"), [(case, apart) for case, (kind, _) in FROM_PEFT.items()
                                             for apart in (False, True) if kind == "gpt2" or not apart])  # fmt: skip
def test_what_peft_saved_reads_the_same(case, apart, tmp_path):
    """apart: q, k and v, in the model that reads."""
    kind, settings = FROM_PEFT[case]
    dtype = "float32" if kind == "llama" else "float64"
    model = make("gpt2, q k v apart" if apart else kind, dtype)
    ids, before = ids_of(model), model.forward(ids_of(model))
    save_huggingface(model, tmp_path / "base")
    there = peft.get_peft_model(theirs(tmp_path / "base", dtype), peft.LoraConfig(task_type="CAUSAL_LM", **settings)).eval()
    torch.manual_seed(6)
    learns = [p for p in there.parameters() if p.requires_grad]
    for p in learns:
        p.data += 0.3 * torch.randn_like(p)
    there.save_pretrained(tmp_path / "adapter")
    load_peft(model, tmp_path / "adapter", name="theirs")
    assert not model.training
    ours = model.forward(ids)
    assert np.abs(ours - before).max() > 0.05 * np.abs(before).max()
    close(ours, logits(there, ids), dtype)
    if not apart and settings.get("bias") is None:
        trained = sum(p.data.size for p in model.parameters() if p.trainable)
        assert trained == sum(p.numel() for p in learns)


def test_all_biases_of_peft_read_if_the_norms_kept_theirs(tmp_path):
    model = make("gpt2")
    ids = ids_of(model)
    save_huggingface(model, tmp_path / "base")
    config = peft.LoraConfig(task_type="CAUSAL_LM", target_modules=GPT2, bias="all")
    there = peft.get_peft_model(theirs(tmp_path / "base", "float64"), config).eval()
    for name, p in there.named_parameters():
        if p.requires_grad and "ln_" not in name:
            p.data += 0.3 * torch.randn_like(p)
    there.save_pretrained(tmp_path / "adapter")
    load_peft(model, tmp_path / "adapter")
    close(model.forward(ids), logits(there, ids), "float64")
    there.base_model.model.transformer.h[1].ln_2.bias.data += 1e-6
    there.save_pretrained(tmp_path / "adapter")
    with pytest.raises(ValueError, match=r"h\.1\.ln_2\.bias is of the base, and not as this model's"):
        load_peft(make("gpt2"), tmp_path / "adapter")


def test_a_table_of_another_base_is_refused(tmp_path):
    model = make("llama", "float32")
    save_huggingface(model, tmp_path / "base")
    config = peft.LoraConfig(task_type="CAUSAL_LM", target_modules=["embed_tokens"])
    peft.get_peft_model(theirs(tmp_path / "base", "float32"), config).save_pretrained(tmp_path / "adapter")
    load_peft(model, tmp_path / "adapter")
    other = make("llama", "float32")
    other.embed.W.data[3, 4] += 1e-3
    with pytest.raises(ValueError, match=r"embed_tokens\.base_layer\.weight is of the base, and not as this model's"):
        load_peft(other, tmp_path / "adapter")


@pytest.mark.parametrize("settings", [
    {"modules_to_save": ["wpe"]}, {"lora_bias": True}, {"init_lora_weights": "pissa"}, {"init_lora_weights": "pissa_niter_2"},
    {"trainable_token_indices": {"wte": [1, 2]}}, {"alora_invocation_tokens": [1]},
])  # fmt: skip
def test_what_we_do_not_have_is_refused_by_name(settings, tmp_path):
    model = make("gpt2", "float32")
    save_huggingface(model, tmp_path / "base")
    config = peft.LoraConfig(task_type="CAUSAL_LM", target_modules=GPT2, **settings)
    peft.get_peft_model(theirs(tmp_path / "base", "float32"), config).save_pretrained(tmp_path / "adapter")
    with pytest.raises(files.FileError, match=next(iter(settings))):
        load_peft(model, tmp_path / "adapter")
    assert adapters_of(model) == []


def test_another_method_of_peft_is_refused(tmp_path):
    model = make("gpt2", "float32")
    save_huggingface(model, tmp_path / "base")
    config = peft.LoHaConfig(target_modules=["c_fc"])
    peft.get_peft_model(torch.nn.ModuleDict({"c_fc": torch.nn.Linear(3, 4)}), config).save_pretrained(tmp_path / "adapter")
    with pytest.raises(files.FileError, match="peft_type='LOHA'; minilora reads LORA alone"):
        load_peft(model, tmp_path / "adapter")


@pytest.mark.parametrize("method", ["lora", "rslora", "dora"])
@pytest.mark.parametrize("kind", ["gpt2", "llama"])
def test_one_step_is_autograds(kind, method, tmp_path):
    """The loss, and the gradient of every array that learns, each against its own largest entry."""
    dtype = "float32" if kind == "llama" else "float64"
    model = make(kind, dtype)
    save_huggingface(model, tmp_path / "base")
    inject(model, find_method(method)(3, 7), TARGETS[kind], rng=4)
    move(model)
    save_peft(model, tmp_path / "adapter")
    there = peft.PeftModel.from_pretrained(theirs(tmp_path / "base", dtype), tmp_path / "adapter", is_trainable=True).eval()
    ids = ids_of(model)
    loss = model.loss(ids[:, :-1], ids[:, 1:])
    model.backward()
    targets = torch.tensor(ids[:, 1:]).flatten()  # their own loss is rounded to float32
    expected = torch.nn.functional.cross_entropy(there(torch.tensor(ids[:, :-1])).logits.flatten(0, 1), targets)
    expected.backward()
    np.testing.assert_allclose(loss, expected.item(), rtol=NEAR[dtype] / 10)
    for p in model.parameters():
        if p.trainable:
            p.data = p.grad  # written as if they were the arrays, they take their names
    save_peft(model, tmp_path / "gradients")
    ours, _ = files.load_arrays(tmp_path / "gradients" / "adapter_model.safetensors")
    gradients = {name.replace(".default", "").replace("vector.weight", "vector"): p.grad.numpy()
                 for name, p in there.named_parameters() if p.requires_grad}  # fmt: skip
    assert gradients.keys() == ours.keys()
    for key, gradient in gradients.items():
        assert np.abs(gradient).max() > 0
        np.testing.assert_allclose(ours[key], gradient, rtol=0, atol=NEAR[dtype] * np.abs(gradient).max(), err_msg=key)


@pytest.fixture
def large_folder():
    """A folder that goes at once: pytest keeps those of its last runs."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_smollm2_both_ways(large_folder):
    """The real model: rank 8 on q and v."""
    path = fetch.cached("smollm2")
    if path is None:
        pytest.skip("SmolLM2 is not in the cache: minilora fetch smollm2")
    model = load_gguf(path)
    ids = np.random.default_rng(3).integers(0, model.config.vocab_size, (1, 33))

    def adapt(model):
        inject(model, LoRA(8, 16), ("attn.q", "attn.v"), rng=4)
        for *_, adapter in adapters_of(model):
            adapter.B.data = 0.1 * np.random.default_rng(5).standard_normal(adapter.B.data.shape)

    ours, expected, there = carried(model, ids, large_folder, adapt, "float32")
    close(ours, expected, "float32")
    there.save_pretrained(large_folder / "again")
    load_peft(model, large_folder / "again", name="again")
    own, again = adapters_of(model, "default"), adapters_of(model, "again")
    assert len(own) == len(again) == 60
    for (*_, one), (*_, other) in zip(own, again, strict=True):
        assert all(np.array_equal(one.arrays()[leaf], other.arrays()[leaf]) for leaf in "AB")
