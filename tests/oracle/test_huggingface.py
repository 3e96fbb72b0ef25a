"""Checkpoints of Transformers' read here, and ours read there: logits, hidden states and gradients are the same."""

import json
import warnings
from functools import partial

import numpy as np
import pytest

from minilora.adapters import DoRA, LoRA, inject, merge
from minilora.interop import load_huggingface, save_huggingface
from minilora.interop.fetch import cached
from minilora.interop.huggingface import ARCHITECTURES
from minilora.nn import Transformer, TransformerConfig
from minilora.training import AdamW

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

GPT2 = {"vocab_size": 61, "n_positions": 23, "n_embd": 24, "n_layer": 2, "n_head": 3}
LLAMA = {"vocab_size": 61, "max_position_embeddings": 23, "hidden_size": 36, "intermediate_size": 37, "num_hidden_layers": 2,
         "num_attention_heads": 6, "num_key_value_heads": 2}  # fmt: skip
BERT = {"vocab_size": 61, "max_position_embeddings": 23, "hidden_size": 24, "intermediate_size": 37, "num_hidden_layers": 2,
        "num_attention_heads": 3, "pad_token_id": None}  # with one, PyTorch keeps back the gradient of its row # fmt: skip
CASES = {
    "gpt2": ("gpt2", GPT2),
    "gpt2, inner, eps, untied": ("gpt2", GPT2 | {"n_inner": 37, "layer_norm_epsilon": 0.03, "tie_word_embeddings": False}),
    "gpt2, relu": ("gpt2", GPT2 | {"activation_function": "relu"}),
    "gpt2, erf": ("gpt2", GPT2 | {"activation_function": "gelu", "n_layer": 3}),
    "gpt2, tanh": ("gpt2", GPT2 | {"activation_function": "gelu_pytorch_tanh"}),
    "llama, untied": ("llama", LLAMA),
    "llama, head size": ("llama", LLAMA | {"head_dim": 10, "tie_word_embeddings": True}),
    "llama, biases": ("llama", LLAMA | {"attention_bias": True, "mlp_bias": True}),
    "llama, rope, eps": ("llama", LLAMA | {"rms_norm_eps": 0.07, "rope_theta": 123.0}),
    "llama, every head its own": ("llama", LLAMA | {"num_key_value_heads": 6, "num_hidden_layers": 3}),
    "llama, one key head": ("llama", LLAMA | {"num_key_value_heads": 1}),
    "bert": ("bert", BERT),
    "bert, types, eps": ("bert", BERT | {"type_vocab_size": 3, "layer_norm_eps": 0.04}),
    "bert, relu": ("bert", BERT | {"hidden_act": "relu", "num_hidden_layers": 3}),
    "bert, new": ("bert", BERT | {"hidden_act": "gelu_new"}),
    "bert, tanh": ("bert", BERT | {"hidden_act": "gelu_pytorch_tanh"}),
}
cases = pytest.mark.parametrize("case", CASES)
CLASSES = {"gpt2": "GPT2LMHeadModel", "llama": "LlamaForCausalLM", "bert": "BertModel"}
RNG = np.random.default_rng
IDS = RNG(0).integers(0, 61, (3, 11))
MASK = np.arange(11) < np.array([[11], [4], [7]])
TOLERANCE = {"float64": 1e-9, "float32": 2e-4}  # of the largest entry


def theirs(case, dtype="float64", kind=None):
    """A model of Transformers' with weights of order one, also where it would draw zeros or ones."""
    architecture, settings = CASES[case]
    config = transformers.AutoConfig.for_model(architecture, attn_implementation="sdpa", **settings)
    model = getattr(transformers, kind or CLASSES[architecture])(config).to(getattr(torch, dtype)).eval()
    rng = RNG(1)
    for name, p in model.named_parameters():
        p.data = torch.tensor(rng.standard_normal(p.shape) * 0.4 + ("norm" in name.lower() or "ln_" in name)).to(p.dtype)
    return exact(model)


def exact(model):
    """In float64 throughout: Transformers keeps a Llama's angles, and the mean of its RMS norm, in float32 always."""
    if model.dtype == torch.float64 and model.config.model_type == "llama":
        for name, module in model.named_modules():
            if name.endswith("rotary_emb"):
                module.forward = Angles(model.config)
            elif name.endswith("norm"):
                module.forward = partial(rms_norm, module)
    return model


class Angles:
    def __init__(self, c):
        self.frequencies = c.rope_parameters["rope_theta"] ** (-torch.arange(0, c.head_dim, 2, dtype=torch.float64) / c.head_dim)

    def __call__(self, x, position_ids):
        angles = (position_ids[..., None] * self.frequencies).repeat(1, 1, 2)
        return angles.cos(), angles.sin()


def rms_norm(module, x):
    return torch.nn.functional.rms_norm(x, module.weight.shape, module.weight, module.variance_epsilon)


def hidden(model, ids=IDS, **kwargs):
    """Logits of a language model, hidden states of an encoder."""
    kwargs = {name: torch.tensor(a) for name, a in kwargs.items()}
    out = model(torch.tensor(ids), **kwargs)
    return out.logits if "logits" in out else out.last_hidden_state


def ours(model, *args, **kwargs):
    return (model.forward if model.config.causal else model.features)(*args, **kwargs)


def agree(a, b, dtype="float64", least=0.0):
    a, b = np.asarray(a), b.detach().numpy() if isinstance(b, torch.Tensor) else b
    assert a.shape == b.shape and a.dtype == dtype
    np.testing.assert_allclose(a, b, rtol=0, atol=TOLERANCE[dtype] * max(np.abs(b).max(), least))


@cases
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_logits_of_their_checkpoints(tmp_path, case, dtype):
    model = theirs(case, dtype)
    model.save_pretrained(tmp_path)
    read = load_huggingface(tmp_path, dtype=dtype)
    assert not read.training
    agree(ours(read, IDS), hidden(model), dtype)
    assert hidden(model).std() > 0.5


@pytest.mark.parametrize("case", ["gpt2", "llama, biases"])
def test_padding_behind_a_text(tmp_path, case):
    """Of what is padding both make what they like."""
    model = theirs(case)
    model.save_pretrained(tmp_path)
    there = hidden(model, attention_mask=MASK.astype(int)).detach().numpy()
    agree(ours(load_huggingface(tmp_path, dtype="float64"), IDS, MASK)[MASK], there[MASK])


def test_an_encoder_with_padding_and_token_types(tmp_path):
    model = theirs("bert, types, eps")
    model.save_pretrained(tmp_path)
    types = RNG(2).integers(0, 3, IDS.shape)
    read = load_huggingface(tmp_path, dtype="float64")
    there = hidden(model, attention_mask=MASK.astype(int), token_type_ids=types).detach().numpy()
    agree(read.features(IDS, MASK, types)[MASK], there[MASK])
    assert np.abs(read.features(IDS, MASK)[MASK] - there[MASK]).max() > 0.1


@pytest.mark.parametrize("case", ["gpt2", "llama, biases", "bert"])
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_is_widened(tmp_path, case, dtype):
    model = theirs(case, dtype)
    model.save_pretrained(tmp_path)
    agree(ours(load_huggingface(tmp_path, dtype="float64"), IDS), hidden(exact(model.double())))


@pytest.mark.parametrize("case", ["gpt2, inner, eps, untied", "llama, head size", "bert, types, eps"])
def test_sharded_folders(tmp_path, case):
    model = theirs(case)
    model.save_pretrained(tmp_path, max_shard_size="20KB")
    assert len(list(tmp_path.glob("*.safetensors"))) > 2
    agree(ours(load_huggingface(tmp_path, dtype="float64"), IDS), hidden(model))


KINDS = {"GPT2Model": "gpt2", "LlamaModel": "llama, head size", "BertForMaskedLM": "bert", "BertForPreTraining": "bert"}


@pytest.mark.parametrize("kind", KINDS)
def test_other_classes_of_the_same_architecture(tmp_path, kind):
    """With a prefix, or without; with a head that is not ours, or without one. The hidden states are the same."""
    model = theirs(KINDS[kind], kind=kind)
    model.save_pretrained(tmp_path)
    body = model.bert if kind.startswith("Bert") else model
    agree(load_huggingface(tmp_path, dtype="float64").features(IDS), body(torch.tensor(IDS)).last_hidden_state)


@pytest.mark.parametrize("case", ["gpt2", "gpt2, inner, eps, untied", "llama, biases", "llama, head size", "bert, types, eps"])
def test_loss_and_every_gradient(tmp_path, case):
    """Of next-token prediction; an encoder reads its embedding as a tied head."""
    model = theirs(case)
    model.save_pretrained(tmp_path)
    read = load_huggingface(tmp_path, dtype="float64")
    targets = np.pad(IDS[:, 1:], ((0, 0), (0, 1)), constant_values=-100)
    logits = hidden(model) if read.config.causal else hidden(model) @ model.get_input_embeddings().weight.T
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), torch.tensor(targets).flatten())
    loss.backward()
    np.testing.assert_allclose(read.loss(IDS, targets), loss.item(), rtol=1e-9)
    read.backward()
    architecture = ARCHITECTURES[CASES[case][0]]
    there = {name: p.grad.numpy() for name, p in model.named_parameters() if p.grad is not None}
    places = architecture.spelled(architecture.stored(read.config), there)
    assert {place.name for place in places.values()} == there.keys() and len(places) == len(read.parameters())
    for name, p in read.named_parameters():
        grad = there[places[name].name]
        agree(p.grad, grad.T if places[name].transposed else grad, least=1e-4)  # that of a key's bias is zero but for rounding


SIZES = {"vocab_size": 61, "block_size": 23, "n_layers": 2, "n_heads": 4, "d_model": 24, "d_mlp": 37}
OURS = {
    "tiny-gpt": ("tiny-gpt", {}),
    "tiny-gpt, fused, untied": ("tiny-gpt", {"fused_qkv": True, "tied": False, "norm_eps": 0.03}),
    "tiny-gpt, relu, dropout": ("tiny-gpt", {"mlp": "relu", "dropout": 0.2}),
    "tiny-gpt, erf": ("tiny-gpt", {"mlp": "gelu_erf"}),
    "tiny-llama": ("tiny-llama", {}),
    "tiny-llama, fused, untied": ("tiny-llama", {"fused_qkv": True, "tied": False, "rope_base": 321, "norm_eps": 0.02}),
    "tiny-llama, head size": ("tiny-llama", {"d_head": 10}),
    "tiny-llama, biases": ("tiny-llama", {"attn_bias": True, "mlp_bias": True, "n_kv_heads": 1}),
    "tiny-bert": ("tiny-bert", {}),
    "tiny-bert, fused": ("tiny-bert", {"fused_qkv": True, "n_token_types": 3, "mlp": "relu"}),
}


def random(case, dtype="float64"):
    preset, fields = OURS[case]
    model = Transformer(TransformerConfig.preset(preset, **(SIZES | fields)), dtype=dtype)
    rng = RNG(3)
    for name, p in model.named_parameters():
        p.data = (rng.standard_normal(p.data.shape) * 0.4 + ("gamma" in name)).astype(dtype)
    return model.eval()


def loaded(folder, encoder=False):
    """Their model of a folder that we wrote, into which each tensor went, and which lacks none."""
    auto = transformers.AutoModel if encoder else transformers.AutoModelForCausalLM
    kwargs = {"add_pooling_layer": False} if encoder else {}
    model, info = auto.from_pretrained(folder, attn_implementation="sdpa", output_loading_info=True, **kwargs)
    assert not any(info.values()), info
    return exact(model.eval())


@pytest.mark.parametrize("case", OURS)
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_transformers_reads_what_we_write(tmp_path, case, dtype):
    model = random(case, dtype)
    save_huggingface(model, tmp_path)
    there = loaded(tmp_path, encoder=not model.config.causal)
    assert there.dtype == getattr(torch, dtype)
    agree(ours(model, IDS), hidden(there), dtype)
    again = load_huggingface(tmp_path, dtype=dtype)
    agree(ours(again, IDS), hidden(there), dtype)
    there.save_pretrained(tmp_path / "again")
    agree(ours(load_huggingface(tmp_path / "again", dtype=dtype), IDS), hidden(there), dtype)


def test_a_pooler_is_all_that_an_encoder_lacks(tmp_path):
    save_huggingface(random("tiny-bert"), tmp_path)
    _, info = transformers.AutoModel.from_pretrained(tmp_path, output_loading_info=True)
    assert set(info.pop("missing_keys")) == {"pooler.dense.weight", "pooler.dense.bias"} and not any(info.values())


def test_dropout_is_written(tmp_path):
    for case, names in (("tiny-gpt, relu, dropout", ("resid_pdrop", "embd_pdrop", "attn_pdrop")),
                        ("tiny-bert", ("hidden_dropout_prob", "attention_probs_dropout_prob"))):  # fmt: skip
        model = random(case)
        save_huggingface(model, tmp_path)
        config = transformers.AutoConfig.from_pretrained(tmp_path)
        assert [getattr(config, name) for name in names] == [model.config.dropout] * len(names)


@pytest.mark.parametrize("case", ["tiny-gpt", "tiny-gpt, fused, untied", "tiny-llama", "tiny-bert"])
@pytest.mark.parametrize("spec", [LoRA(r=3, alpha=5), DoRA(r=3, alpha=5)])
def test_a_merged_adapter_is_in_the_matrices(tmp_path, case, spec):
    model = random(case)
    before = ours(model, IDS)
    inject(model, spec)
    for p in model.parameters():
        if p.trainable:
            p.data = p.data + RNG(4).standard_normal(p.data.shape) * 0.3
    adapted = ours(model, IDS)
    merge(model)
    save_huggingface(model, tmp_path)
    agree(adapted, hidden(loaded(tmp_path, encoder=not model.config.causal)))
    assert np.abs(adapted - before).max() > 0.1


@pytest.mark.parametrize("case", ["tiny-gpt", "tiny-llama"])
@pytest.mark.parametrize("target", ["embed", "head"])
def test_merging_into_one_of_two_tied_matrices_writes_both(tmp_path, case, target):
    model = random(case)
    inject(model, LoRA(r=3), target)
    for p in model.parameters():
        if p.trainable:
            p.data = RNG(4).standard_normal(p.data.shape) * 0.3
    merge(model)
    save_huggingface(model, tmp_path)
    there = loaded(tmp_path)
    assert there.config.tie_word_embeddings is False
    agree(ours(model, IDS), hidden(there))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_what_config_json_leaves_out_is_what_transformers_takes(name):
    architecture, config = ARCHITECTURES[name], transformers.AutoConfig.for_model(name)
    read = architecture.config({"model_type": name})
    for setting, (field, _) in architecture.fields.items():
        value = config.rope_parameters["rope_theta"] if setting == "rope_theta" else getattr(config, setting)
        assert getattr(read, field) == (4 * config.n_embd if setting == "n_inner" else value), setting
    setting, default, kinds = architecture.mlp
    assert getattr(config, setting) == default and read.mlp == kinds[default]
    for setting, (default, *_) in architecture.required.items():
        if setting != "rope_scaling":  # which is another name for rope_parameters there
            assert getattr(config, setting, default) == default, setting
    if name == "llama":
        assert config.rope_parameters == {"rope_theta": read.rope_base, "rope_type": "default"}


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_each_setting_that_transformers_writes_is_known(name):
    config = transformers.AutoConfig.for_model(name)
    written = json.loads(config.to_json_string(use_diff=False))
    assert len(written) > 25
    assert ARCHITECTURES[name].config(written) == ARCHITECTURES[name].config({"model_type": name})


@pytest.fixture(scope="module")
def minilm():
    folder = cached("minilm")
    if folder is None:
        pytest.skip("the model is not here: minilora fetch minilm")
    return folder


def test_minilm_itself(minilm):
    there = transformers.BertModel.from_pretrained(minilm, attn_implementation="sdpa").eval()
    read = load_huggingface(minilm)
    ids = RNG(5).integers(0, 30522, (4, 37))
    mask = np.arange(37) < np.array([[37], [9], [21], [1]])
    with torch.no_grad():
        expected = hidden(there, ids, attention_mask=mask.astype(int)).numpy()
    agree(read.features(ids, mask)[mask], expected[mask], "float32")


def test_minilm_learns_seven_classes(minilm):
    model = load_huggingface(minilm, n_classes=7)
    assert model.head.W.data.shape == (7, 384) and model.config.pool == "mean"
    ids, targets = RNG(6).integers(0, 30522, (7, 12)), np.arange(7)
    optimizer = AdamW(model.parameters(), lr=1e-4)
    losses = []
    for _ in range(4):
        losses.append(model.loss(ids, targets, MASK[[0, 1, 2, 0, 1, 2, 0], :].repeat(2, axis=1)[:, :12]))
        model.zero_grad()
        model.backward()
        optimizer.step()
    assert losses[0] == pytest.approx(np.log(7), abs=0.1) and losses[-1] < losses[0] - 0.02


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
