"""Of a wrong model: which layer is to blame."""

import numpy as np

from minilora.gradcheck import check_model


def test_the_innermost_layer_that_is_wrong_is_blamed_by_its_name(rng, batch, dense, wrong_dx, stack):
    report = check_model(stack(dense, rng, inner1=wrong_dx), *batch)
    first = report.findings[0]
    assert first.input == "blocks.1.inner" and first.cause == "sign_flip" and not report.ok
    assert "first layer, seen from the loss" in first.message and "2 other parameters" in first.message
    assert report["blocks.1.inner.W"].ok and not report["blocks.0.inner.W"].ok


def test_its_parameter_is_named_where_that_is_wrong(rng, batch, dense, wrong_b, stack):
    first = check_model(stack(dense, rng, inner1=wrong_b), *batch).findings[0]
    assert (first.input, first.cause) == ("blocks.1.inner.b", "missing_mean") or first.input == "blocks.1.inner.b"


def test_of_two_wrong_layers_the_one_nearer_to_the_loss_is_blamed(rng, batch, dense, wrong_b, wrong_dx, stack):
    report = check_model(stack(dense, rng, inner0=wrong_b, inner2=wrong_dx), *batch)
    assert report.findings[0].input == "blocks.2.inner"
    report = check_model(stack(dense, rng, inner0=wrong_dx, inner2=wrong_b), *batch)
    assert report.findings[0].input == "blocks.2.inner.b"


def test_a_layer_is_blamed_where_all_in_it_are_right(rng, batch, dense, stack, residual):
    class Cut(residual):
        def backward(self, dy):
            return self.inner.backward(dy)

    first = check_model(stack(dense, rng, block1=Cut), *batch).findings[0]
    assert first.input == "blocks.1" and first.cause == "missing_term"


def test_the_model_itself_is_blamed_where_every_layer_is_right(rng, batch, dense, stack):
    class Doubled(stack):
        def backward(self):
            self.difference = 2 * self.difference
            super().backward()

    report = check_model(Doubled(dense, rng), *batch)
    assert "Every layer is right by itself" in report.findings[0].message and report.findings[0].cause == "double_counted"


def test_one_entry_that_is_slightly_wrong_is_found_entry_by_entry(rng, batch, dense, stack):
    class Nearly(dense):
        def backward(self, dy):
            dx = super().backward(dy)
            if self.W.trainable:
                self.W.grad[1, 2] *= 1 + 1.6e-6
            return dx

    report = check_model(stack(dense, rng, inner1=Nearly), *batch)
    assert report.findings[0].input == "blocks.1.inner.W" and report.findings[0].where == (1, 2)


def test_a_lost_dropout_mask_deep_in_a_model(small, monkeypatch):
    from minilora.nn import dropout

    ids, targets = np.array([[2, 5, 2, 0], [6, 2, 6, 6]]), np.array([[5, 2, -100, 3], [2, -100, 6, 1]])
    model = small(dropout=0.3, n_layers=1)
    assert check_model(model, ids, targets, zero=("k.b",)).ok
    monkeypatch.setattr(dropout, "dropout_backward", lambda dy, cache: (dy / 0.7,))
    first = check_model(model, ids, targets, zero=("k.b",)).findings[0]
    assert (first.cause, first.input) == ("dropout_mask_not_reused", "blocks.0.drop2")


def test_a_wrong_mask_is_told_by_evaluation_mode(rng, batch, dense, stack):
    """A mask that is shifted looks like no mistake that has a name."""

    class Dropping(dense):
        training = True
        source = np.random.default_rng(5)

        def forward(self, x):
            y = super().forward(x)
            self.mask = self.source.random(y.shape) < 0.7 if self.training else np.ones(y.shape)
            return y * self.mask

        def backward(self, dy):
            return super().backward(dy * np.roll(self.mask, 1))

    class Modes(stack):
        def train(self, training=True):
            self.blocks[1].inner.training = training

        def eval(self):
            self.train(False)

    model = Modes(dense, rng, inner1=Dropping)
    model.blocks[1].inner.source = Dropping.source
    first = check_model(model, *batch).findings[0]
    assert first.cause == "dropout_mask_not_reused" and first.input.startswith("blocks.1.inner")
    assert "Right in evaluation mode" in first.message and model.blocks[1].inner.training


def test_the_layers_are_as_before(rng, batch, dense, wrong_dx, stack):
    model = stack(dense, rng, inner1=wrong_dx)
    check_model(model, *batch)
    assert not any({"forward", "backward"} & set(vars(part)) for part in (model.head, model.blocks[1], model.blocks[1].inner))


def test_what_follows_from_a_located_mistake_is_counted_and_not_explained(rng, batch, dense, stack, wrong_dx):
    report = check_model(stack(dense, rng, head=wrong_dx), *batch)
    (finding,) = report.findings
    assert finding.input == "head" and "6 other parameters are wrong too" in finding.message
    assert {report.verdict(f"blocks.{i}.inner.{leaf}") for i in range(3) for leaf in "Wb"} == {"wrong"}


def test_a_lost_residual_is_not_blamed_on_dropout_that_drops_nothing(small):
    ids, targets = np.array([[2, 5, 2, 0], [6, 2, 6, 6]]), np.array([[5, 2, -100, 3], [2, -100, 6, 1]])
    model = small(n_layers=1)
    block = model.blocks[0]

    def lost(dx):
        dx = block.norm2.backward(block.mlp.backward(dx))
        return dx + block.norm1.backward(block.attn.backward(block.drop1.backward(dx)))

    block.backward = lost
    first = check_model(model, ids, targets, zero=("k.b",)).findings[0]
    assert (first.input, first.cause) == ("blocks.0", "missing_term") and "dx lacks the term dy" in first.message
