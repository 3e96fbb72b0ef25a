"""An encoder that classifies, with LoRA and a new head, against Transformers' BERT, PEFT's LoRA and a head of PyTorch's."""

import warnings

import numpy as np
import pytest

from minilora.experiments.encoder_learning import choose_what_learns
from minilora.interop import load_huggingface

torch = pytest.importorskip("torch")
peft = pytest.importorskip("peft")
transformers = pytest.importorskip("transformers")

SIZES = {"vocab_size": 61, "max_position_embeddings": 23, "hidden_size": 24, "intermediate_size": 37, "num_hidden_layers": 3,
         "num_attention_heads": 4, "pad_token_id": None}  # fmt: skip
K, R = 4, 3
RNG = np.random.default_rng
IDS, LABELS = RNG(0).integers(0, 61, (5, 11)), np.array([2, 0, 3, 2, 1])
MASK = np.arange(11) < np.array([[4], [11], [1], [7], [9]])
PLACES = {"q": "query", "v": "value"}


@pytest.fixture
def pair(tmp_path):
    """(our classifier with LoRA and a head that learn, Transformers' body with PEFT's LoRA, a Linear): the same numbers."""
    body = transformers.BertModel(transformers.BertConfig(**SIZES)).double().eval()
    rng = RNG(1)
    for name, p in body.named_parameters():
        p.data = torch.tensor(rng.standard_normal(p.shape) * 0.4 + (name.endswith("LayerNorm.weight")))
    body.save_pretrained(tmp_path)
    model = load_huggingface(tmp_path, dtype="float64", n_classes=K, pool="mean")
    choose_what_learns(model, "lora", R, 0)
    ours = dict(model.named_parameters())
    for p in ours.values():
        if p.trainable:  # B is drawn too: with B = 0 the gradient of A is zero
            p.data = rng.standard_normal(p.data.shape) * 0.3
    config = peft.LoraConfig(r=R, lora_alpha=2 * R, target_modules=list(PLACES.values()), lora_dropout=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        body = peft.get_peft_model(body, config, autocast_adapter_dtype=False).eval()
    head = torch.nn.Linear(SIZES["hidden_size"], K).double()
    theirs = counterparts(body, head)
    assert theirs.keys() == {name for name, p in ours.items() if p.trainable}
    assert {id(p) for p in theirs.values()} >= {id(p) for p in body.parameters() if p.requires_grad}
    for name, p in theirs.items():
        p.data = torch.tensor(ours[name].data)
    return model, body, head


def counterparts(body, head):
    """{our name: their parameter} of what learns."""
    found = {"head.W": head.weight, "head.b": head.bias}
    for i, layer in enumerate(body.base_model.model.encoder.layer):
        for ours, theirs in PLACES.items():
            lora = getattr(layer.attention.self, theirs)
            for factor in "AB":
                found[f"blocks.{i}.attn.{ours}.lora.default.{factor}"] = getattr(lora, f"lora_{factor}")["default"].weight
    return found


def test_loss_and_gradients_of_a_padded_batch(pair):
    model, body, head = pair
    ids, mask = torch.tensor(IDS), torch.tensor(MASK)
    states = body(input_ids=ids, attention_mask=mask.long()).last_hidden_state
    vectors = (states * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
    loss = torch.nn.functional.cross_entropy(head(vectors), torch.tensor(LABELS))
    loss.backward()
    np.testing.assert_allclose(model.loss(IDS, LABELS, MASK), loss.item(), rtol=1e-9)
    model.backward()
    learning = {name: p for name, p in model.named_parameters() if p.trainable}
    for name, p in counterparts(body, head).items():
        there = p.grad.numpy()
        assert np.abs(there).max() > 1e-6, name
        np.testing.assert_allclose(learning[name].grad, there, rtol=0, atol=1e-9 * np.abs(there).max(), err_msg=name)
    assert all(p.grad is None for p in model.parameters() if not p.trainable)
