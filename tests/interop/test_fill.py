"""Names and shapes are compared before anything is made; what is wrong is listed."""

import tracemalloc

import numpy as np
import pytest

from minilora.interop.architecture import Stored
from minilora.interop.fill import build, refuse_depth
from minilora.nn import Transformer, TransformerConfig

CONFIG = TransformerConfig.preset("tiny-gpt", vocab_size=61, block_size=7, n_layers=2, n_heads=2, d_model=6, d_mlp=9)


class Tensors:
    """A checkpoint in memory that counts what is read."""

    def __init__(self, arrays):
        self.arrays, self.count = arrays, 0
        self.shapes = {name: a.shape for name, a in arrays.items()}

    def read(self, name):
        self.count += 1
        return self.arrays[name].copy()


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    return {f"their.{name}": rng.standard_normal(p.data.shape) for name, p in Transformer(CONFIG).named_parameters()}


def places(**transposed):
    return {name: Stored(f"their.{name}", name in transposed) for name, _ in Transformer(CONFIG).named_parameters()}


def filled(arrays, config=CONFIG, places=places(), ignores=lambda name: False, dtype="float64"):  # noqa: B008
    return build(config, places, Tensors(arrays), ignores, dtype, "SOURCE")


def refused(arrays, message, **kwargs):
    tensors = Tensors(arrays)
    with pytest.raises(ValueError) as error:
        build(CONFIG, places(), tensors, kwargs.pop("ignores", lambda name: False), kwargs.pop("dtype", "float32"), "SOURCE")
    assert str(error.value) == f"SOURCE{message}" and "\n" not in message
    return tensors


def test_every_parameter_gets_its_array(arrays):
    model = filled(arrays)
    assert not model.training and not any(layer.training for _, layer in model.named_layers())
    for name, p in model.named_parameters():
        assert p.data.dtype == np.float64 and p.trainable and p.name == name
        np.testing.assert_array_equal(p.data, arrays[f"their.{name}"])
    assert model.head.W is model.embed.W


def test_a_matrix_that_lies_on_its_side(arrays):
    name = "blocks.1.mlp.up.W"
    arrays[f"their.{name}"] = np.arange(54.0).reshape(6, 9)
    model = filled(arrays, places=places(**{name: True}))
    np.testing.assert_array_equal(dict(model.named_parameters())[name].data, np.arange(54.0).reshape(6, 9).T)


def test_a_classifier_gets_a_new_head(arrays):
    config = TransformerConfig(**(CONFIG.to_dict() | {"n_classes": 5, "pool": "mean"}))
    model = filled(arrays, config)
    assert model.head.W.data.shape == (5, 6) and model.head.W.name == "head.W" and 0.005 < model.head.W.data.std() < 0.05
    assert not model.head.b.data.any()
    np.testing.assert_array_equal(model.embed.W.data, arrays["their.embed.W"])


LISTED = " is not the model that its settings describe: "


def test_what_is_missing_is_listed(arrays):
    for name in ("embed.W", "blocks.0.attn.q.W"):
        del arrays[f"their.{name}"]
    tensors = refused(arrays, f"{LISTED}it lacks their.embed.W, their.blocks.0.attn.q.W")
    assert tensors.count == 0


def test_what_is_surplus_is_listed_unless_it_is_known(arrays):
    arrays |= {"mask": np.zeros(3), "other": np.zeros(2)}
    refused(arrays, f"{LISTED}it holds besides mask, other")
    refused(arrays, f"{LISTED}it holds besides other", ignores=lambda name: name == "mask")
    filled(arrays, ignores=lambda name: name in ("mask", "other"))


def test_what_has_another_shape_is_listed(arrays):
    arrays["their.embed.W"] = arrays["their.embed.W"].T
    arrays["their.norm.gamma"] = arrays["their.norm.gamma"][:, None]
    del arrays["their.norm.beta"]
    shapes = "of another shape is their.embed.W (6, 61) instead of (61, 6), their.norm.gamma (6, 1) instead of (6,)"
    refused(arrays, f"{LISTED}it lacks their.norm.beta; {shapes}")


def test_a_long_list_is_cut_and_odd_names_are_spelled_out(arrays):
    names = [name for name in arrays if ".0." in name]
    rest = {name: a for name, a in arrays.items() if name not in names}
    refused(rest, f"{LISTED}it lacks {', '.join(names[:5])} and {len(names) - 5} more")
    odd = {"a\nb": np.zeros(1), "": np.zeros(1), "x" * 1000: np.zeros(1), "é\ud800": np.zeros(1)}
    refused(arrays | odd, f"{LISTED}it holds besides 'a\\nb', '', '{'x' * 99}', '\\xe9\\ud800'")


@pytest.mark.parametrize("dtype", ["int32", "uint8", "bool"])
def test_integers_are_no_weights(arrays, dtype):
    arrays["their.norm.beta"] = np.ones(6, dtype)
    reads = "not floating-point numbers; minilora reads F64, F32, F16 and BF16"
    refused(arrays, f": their.norm.beta holds {dtype}, {reads}")


def test_numbers_beyond_the_dtype(arrays):
    arrays["their.norm.beta"] = np.array([1e300, 1, 2, 3, 4, 5])
    refused(arrays, ": their.norm.beta holds numbers too large for float32; load it with dtype='float64'")
    assert filled(arrays).norm.beta.data[0] == 1e300
    signals = np.array([0x7FF0000000000001]).view(float)  # a NaN of the kind that NumPy warns of
    arrays["their.norm.beta"][:1] = signals  # what was not finite in the file is not finite here
    arrays["their.norm.beta"][1] = np.inf
    assert str(filled(arrays, dtype="float32").norm.beta.data[:2]) == "[nan inf]"


def test_sizes_that_no_memory_holds_are_compared_all_the_same(arrays):
    config = TransformerConfig(**(CONFIG.to_dict() | {"vocab_size": 10**15, "d_mlp": 10**12}))
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"of another shape is their.embed.W \(61, 6\) instead of \(1000000000000000, 6\)"):
        filled(arrays, config)
    assert tracemalloc.get_traced_memory()[1] < 1e6
    tracemalloc.stop()


def test_more_layers_than_tensors(arrays):
    tensors = Tensors(arrays)
    refuse_depth(len(arrays), tensors, "SOURCE")
    with pytest.raises(ValueError, match=r"\ASOURCE is not the model .* say 1000000000 layers, and it holds 36 tensors\Z"):
        refuse_depth(10**9, tensors, "SOURCE")


def test_one_array_at_a_time():
    """Beside the model, whose gradients' pages are reserved, there is never more than one array of the file."""
    config = TransformerConfig.preset("tiny-gpt", vocab_size=64, block_size=8, n_layers=16, n_heads=2, d_model=64)

    class Zeros:
        shapes = {f"their.{name}": p.data.shape for name, p in Transformer(config).named_parameters()}

        def read(self, name):
            return np.zeros(self.shapes[name], np.float32)

    largest = 4 * 64 * 256
    stored = {name.removeprefix("their."): Stored(name) for name in Zeros.shapes}
    tracemalloc.start()
    model = build(config, stored, Zeros(), lambda name: False, "float32", "SOURCE")
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept > 2 * sum(p.data.nbytes for p in model.parameters()) > 40 * largest
    assert peak < kept + 2.5 * largest
