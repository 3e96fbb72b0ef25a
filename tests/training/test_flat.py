import numpy as np
import pytest

from minilora.backend import BLOCK
from minilora.nn.parameter import Parameter
from minilora.training.flat import FlatParameters


def make_parameters():
    rng = np.random.default_rng(0)
    return [
        Parameter(rng.standard_normal(3), name="b"),
        Parameter(rng.standard_normal((2, 5)), name="W"),
        Parameter(rng.standard_normal((7, 2)), name="frozen", trainable=False),
        Parameter(rng.standard_normal((4, 3)), name="V"),
    ]


def test_parameters_become_views_with_their_values_decayed_ones_first():
    parameters = make_parameters()
    before = {p.name: p.data.copy() for p in parameters}
    parameters[1].accumulate(np.full((2, 5), 2.0))
    flat = FlatParameters(parameters)
    assert [p.name for p in flat] == ["W", "V", "b"] and len(flat) == 3
    for p in parameters:
        assert np.array_equal(p.data, before[p.name])
        assert np.shares_memory(p.data, flat.data) == p.trainable
    assert np.array_equal(flat.grad, [2.0] * 10 + [0.0] * 15)
    flat.data[:10] = np.arange(10)
    assert parameters[1].data[1, 2] == 7
    parameters[0].accumulate(np.array([1.0, 2.0, 3.0]))
    assert np.array_equal(flat.grad[-3:], [1, 2, 3])


def test_blocks_cover_the_buffer_once_and_never_mix_decayed_with_undecayed():
    W = Parameter(np.zeros((2 * BLOCK + 5, 1), "float32"), name="W")
    b = Parameter(np.zeros(BLOCK + 1, "float32"), name="b")
    flat = FlatParameters([b, W])
    spans = [(at.start, at.stop, decay) for at, decay, _ in flat.blocks()]
    end = 2 * BLOCK + 5
    assert spans == [
        (0, BLOCK, True), (BLOCK, 2 * BLOCK, True), (2 * BLOCK, end, True),
        (end, end + BLOCK, False), (end + BLOCK, end + BLOCK + 1, False),
    ]  # fmt: skip


def test_blocks_never_mix_rates():
    parameters = make_parameters()
    parameters[0].rate, parameters[1].rate = 3.0, 2.0
    flat = FlatParameters(parameters)
    assert [p.name for p in flat] == ["V", "W", "b"]
    assert [(at.start, at.stop, decay, rate) for at, decay, rate in flat.blocks()] == [
        (0, 12, True, 1.0), (12, 22, True, 2.0), (22, 25, False, 3.0),
    ]  # fmt: skip


def test_what_cannot_be_packed_is_refused():
    a, b, c, d = make_parameters()
    with pytest.raises(ValueError, match="lists a Parameter twice"):
        FlatParameters([a, b, a])
    with pytest.raises(ValueError, match=r"none that is trainable \(1 frozen\)"):
        FlatParameters([c])
    with pytest.raises(ValueError, match="^parameters must be a list of Parameter, got a tuple in it: pass model.parameters"):
        FlatParameters([("b", b)])
    with pytest.raises(ValueError, match=r"'b' is float64, 'half' is float32"):
        FlatParameters([a, Parameter(np.zeros(2, "float32"), name="half")])


def test_a_changed_set_is_noticed():
    def freeze(a, c):
        a.trainable = False

    def unfreeze(a, c):
        c.trainable = True

    def freeze_and_unfreeze(a, c):
        a.trainable = False
        a.trainable = True

    def another_optimizer(a, c):
        FlatParameters([a])

    def other_data_alone(a, c):
        a.move_into(np.empty(3), a.grad)

    def another_rate(a, c):
        a.rate = 2.0

    cases = [(freeze, "'b' was frozen"), (unfreeze, "'frozen' was unfrozen"), (freeze_and_unfreeze, "'b' was moved"),
             (another_optimizer, "'b' was moved"), (other_data_alone, "'b' was moved"),
             (another_rate, "'b' was given another rate")]  # fmt: skip
    for change, message in cases:
        parameters = make_parameters()
        flat = FlatParameters(iter(parameters))
        parameters[0].data = np.ones(3)  # assigning values is no change of the set
        flat.check()
        change(parameters[0], parameters[2])
        with pytest.raises(RuntimeError, match=message):
            flat.check()
