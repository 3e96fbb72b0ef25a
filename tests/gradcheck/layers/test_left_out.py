"""Of a wrong model: a layer that backward leaves out, and one whose part it counts twice."""

import numpy as np

from minilora.gradcheck import check_model


def test_layers_that_run_twice_and_share_a_parameter(rng, batch, dense, twice):
    assert check_model(twice(dense, rng), *batch).ok
    report = check_model(twice(dense, rng, flip=-1), *batch)
    assert report.findings[0].cause == "sign_flip" and report.findings[0].input == "shared.W"
    assert report.findings[0].message.startswith("tied is the first layer")


def test_a_layer_whose_backward_is_not_called(rng, batch, dense, stack):
    class Skips(stack):
        def backward(self):
            dx = self.head.backward(2 * self.difference / self.difference.size)
            self.blocks[1].backward(self.blocks[2].backward(dx))

    first = check_model(Skips(dense, rng), *batch).findings[0]
    assert (first.cause, first.input) == ("gradient_cut", "blocks.0.inner.W")
    assert first.message.startswith("blocks.0.inner runs in forward, and its backward is not called")


def test_a_layer_inside_another_whose_backward_is_not_called(rng, batch, dense, stack, residual):
    class Alone(residual):
        def backward(self, dy):
            return dy

    first = check_model(stack(dense, rng, block1=Alone), *batch).findings[0]
    assert first.input == "blocks.1.inner" and "its backward is not called" in first.message


def test_the_other_use_of_a_tied_parameter_is_lost(rng, batch, dense, twice):
    class Half(twice):
        def backward(self):
            dy = np.zeros((len(self.difference), 4))
            dy[:, :2] = 2 * self.difference / self.difference.size
            self.shared.backward(self.shared.backward(dy @ self.tied.W.data.T))

    first = check_model(Half(dense, rng), *batch).findings[0]
    assert (first.cause, first.input, first.matched) == ("missing_term", "shared.W", "tied")


def test_a_part_that_the_model_adds_once_more(rng, batch, dense, twice):
    class Again(twice):
        def backward(self):
            super().backward()
            if self.shared.W.trainable:
                self.shared.W.accumulate(self.tied.x.T @ (2 * np.pad(self.difference, ((0, 0), (0, 2))) / self.difference.size))

    first = check_model(Again(dense, rng), *batch).findings[0]
    assert (first.cause, first.input, first.matched) == ("double_counted", "shared.W", "tied")
