"""Training the real model: it learns, it resumes to the same bits, its vectors are not decayed."""

import numpy as np
import pytest

from minilora.adapters import LoRA, inject, merge
from minilora.data import LanguageBatches
from minilora.files import FileError
from minilora.nn import Transformer, TransformerConfig
from minilora.training import AdamW, Trainer, TrainingError, load_checkpoint, read_state, warmup_cosine

TEXT = [int(c) for c in "0123456789" * 30]


@pytest.fixture
def make_trainer():
    def make(folder=None, seed=0, dropout=0.1, **overrides):
        sizes = {"block_size": 12, "n_layers": 2, "n_heads": 3, "d_model": 24} | overrides
        config = TransformerConfig.preset("tiny-gpt", vocab_size=10, dropout=dropout, **sizes)
        model = Transformer(config, rng=seed)
        batches = LanguageBatches(TEXT, block_size=12, batch_size=5, rng=seed)
        schedule = warmup_cosine(warmup=4, total=60)
        optimizer = AdamW(model.parameters(), lr=0.01)
        return Trainer(model, optimizer, batches, schedule, folder, clip=1.0, checkpoint_every=7, progress=False)

    return make


def bits(trainer):
    return {name: p.data.tobytes() for name, p in trainer.model.named_parameters()}


def test_it_learns_to_count(make_trainer):
    history = make_trainer(dropout=0.0).run(60)
    assert history[0]["loss"] > 2 and history[-1]["loss"] < 0.1


def test_resumed_equals_uninterrupted_dropout_included(make_trainer, tmp_path):
    whole = make_trainer()
    whole.run(20)
    make_trainer(tmp_path).run(9)
    resumed = make_trainer(tmp_path, seed=1)
    assert resumed.resume() and resumed.step == 9
    resumed.run(20)
    assert bits(resumed) == bits(whole)
    assert [row["loss"] for row in resumed.history] == [row["loss"] for row in whole.history]


def test_matrices_are_decayed_and_vectors_are_not(make_trainer):
    for name, p in make_trainer().model.named_parameters():
        assert p.decay == name.endswith(".W"), name


def test_the_config_in_a_checkpoint_builds_its_model(make_trainer, tmp_path):
    trainer = make_trainer(tmp_path)
    trainer.run(2)
    model = Transformer(TransformerConfig(**read_state(tmp_path)["config"]), rng=5)
    load_checkpoint(tmp_path, model)
    ids = np.array([TEXT[:12]])
    trainer.model.eval()
    model.eval()
    assert np.array_equal(model.forward(ids), trainer.model.forward(ids))


def test_another_shape_is_refused(make_trainer, tmp_path):
    make_trainer(tmp_path).run(1)
    other = make_trainer(tmp_path, n_heads=2)  # the same arrays, another function
    with pytest.raises(FileError, match="saved with n_heads=3, the model has 2"):
        other.resume()


def test_an_activation_that_overflows_is_named_and_nothing_is_printed(make_trainer, recwarn):
    trainer = make_trainer()
    trainer.model.blocks[1].mlp.up.W.data[...] = 3e38  # finite, as every gradient is
    message = r"^step 1: the loss is nan; the first bad tensor is the output of blocks\.1\.mlp\.up; a lower lr"
    with pytest.raises(TrainingError, match=message):
        trainer.run(3)
    assert not recwarn.list
    assert not any("forward" in vars(layer) for _, layer in trainer.model.named_layers())


def test_a_merged_adapter_is_not_trained(make_trainer):
    """The merged W would stay as it is while A and B move."""
    trainer = make_trainer()
    inject(trainer.model, LoRA(r=2), targets="attn.q")
    trainer.optimizer = AdamW(trainer.model.parameters(), lr=0.01)
    trainer.run(2)
    merge(trainer.model)
    before = bits(trainer)
    with pytest.raises(RuntimeError, match=r"adapter 'default' is merged into blocks.1.attn.q.W: call unmerge\(model\)"):
        trainer.run(3)
    assert bits(trainer) == before and trainer.optimizer.steps == 2
