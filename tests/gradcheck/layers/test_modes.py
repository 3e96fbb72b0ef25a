"""Evaluation and training mode: dropout's masks are repeated for the check, and a lost one is named."""

import numpy as np
import pytest

from minilora.gradcheck import check_layer


@pytest.fixture
def dropping(with_modes):
    """The class of a dense layer with dropout of a half on its output; backward(self, dy) of the dropout alone may be given."""

    def make(drop_backward=lambda self, dy: dy * self.mask * 2):
        class Dropping(with_modes):
            def __init__(self, rng):
                super().__init__(rng)
                self.parts = {"sources": [np.random.default_rng(5)]}

            def forward(self, x):
                y = super().forward(x)
                self.mask = self.parts["sources"][0].random(y.shape) < 0.5 if self.training else None
                return y * self.mask * 2 if self.training else y

            def backward(self, dy):
                return super().backward(drop_backward(self, dy) if self.training else dy)

        return Dropping(np.random.default_rng(0))

    return make


def test_right_dropout_passes_in_both_modes_and_nothing_is_drawn(dropping):
    layer = dropping()
    state = str(layer.parts["sources"][0].bit_generator.state)
    report = check_layer(layer, (5, 3))
    assert report.ok and layer.training and str(layer.parts["sources"][0].bit_generator.state) == state


LOST = {
    "not used": lambda self, dy: dy * 2,
    "drawn again": lambda self, dy: dy * (self.parts["sources"][0].random(dy.shape) < 0.5) * 2,
}


@pytest.mark.parametrize("how", LOST)
def test_a_lost_mask_is_named(dropping, causes, how):
    report = check_layer(dropping(LOST[how]), (5, 3))
    assert causes(report)[0][0] == "dropout_mask_not_reused" and not report.ok


def test_a_lost_scale_is_not_taken_for_a_lost_mask(dropping, causes):
    report = check_layer(dropping(lambda self, dy: dy * self.mask), (5, 3))
    assert report.findings and {"dropout_mask_not_reused"}.isdisjoint(cause for cause, _ in causes(report))
    assert report.findings[0].message.startswith("In training mode only")


def test_a_mistake_without_random_numbers_is_no_lost_mask(with_modes, causes):
    class Doubles(with_modes):
        def forward(self, x):
            return super().forward(x) + (np.sin(x).sum(axis=1, keepdims=True) if self.training else 0)

    report = check_layer(Doubles(np.random.default_rng(0)), (5, 3))
    assert not report.ok and {"dropout_mask_not_reused"}.isdisjoint(cause for cause, _ in causes(report))


def test_numbers_from_a_source_out_of_reach_are_found(with_modes, causes):
    source = np.random.default_rng(1)

    class Noisy(with_modes):
        def forward(self, x):
            y = super().forward(x)
            return y * source.random(y.shape) if self.training else y

    assert causes(check_layer(Noisy(np.random.default_rng(0)), (5, 3))) == [("nondeterministic_forward", "y")]


def test_a_lost_mask_is_found_beside_a_frozen_parameter_that_is_updated(dropping, causes, updates_frozen):
    layer = dropping(LOST["not used"])
    updates_frozen(layer)
    found = causes(check_layer(layer, (5, 3)))
    assert found[0] == ("frozen_updated", "b") and "dropout_mask_not_reused" in {cause for cause, _ in found}
    assert found.count(("frozen_updated", "b")) == 1
