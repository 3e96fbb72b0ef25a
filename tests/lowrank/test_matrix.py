import numpy as np
import pytest

from minilora import lowrank

whole_matrix = [lowrank.svd, lowrank.singular_values, lowrank.effective_rank, lowrank.stable_rank, lowrank.energy_rank]
whole_matrix += [lowrank.noise_std, lowrank.beyond_noise]
with_rank = [lowrank.truncate, lowrank.truncation_error, lowrank.randomized_svd]


@pytest.mark.parametrize("function", whole_matrix + with_rank)
@pytest.mark.parametrize(
    "W, message",
    [
        (np.ones(3), r"W must be a matrix \(2-D, not empty\), got an array of shape \(3,\)"),
        (np.ones((2, 3, 4)), r"got an array of shape \(2, 3, 4\)"),
        (np.ones((0, 3)), r"got an array of shape \(0, 3\)"),
        (np.ones((3, 4), dtype=np.float16), "must be float32 or float64, got float16"),
        (np.ones((3, 4), dtype=complex), "must be float32 or float64, got complex128"),
        (np.array([[1.0, np.nan]]), "NaN or infinity"),
        (np.array([[1.0], [-np.inf]]), "NaN or infinity"),
    ],
)
def test_what_is_no_matrix_is_refused(function, W, message):
    with pytest.raises(ValueError, match=message) as error:
        function(W, 1) if function in with_rank else function(W)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("function", with_rank)
@pytest.mark.parametrize("rank", [0, -1, 65, 128, 2.5])
def test_a_rank_out_of_range_is_refused(function, rank):
    with pytest.raises(ValueError, match=rf"^rank must be between 1 and min\(m, n\)=64, got {rank}$"):
        function(np.ones((64, 80)), rank)


@pytest.mark.parametrize("function", whole_matrix)
def test_a_list_is_refused(function):
    with pytest.raises(TypeError, match="convert it with backend.asarray first"):
        function([[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize("dtype", [np.int32, np.uint8, bool])
def test_whole_numbers_are_computed_in_float64(dtype):
    W = np.array([[1, 0, 1], [0, 1, 1]]).astype(dtype)
    assert lowrank.singular_values(W).dtype == np.float64
    assert lowrank.truncate(W, 1).dtype == np.float64
    assert lowrank.singular_values(W) == pytest.approx([np.sqrt(3), 1])


def test_float32_stays_float32(rng):
    W = rng.standard_normal((7, 5)).astype(np.float32)
    for a in (*lowrank.svd(W), lowrank.singular_values(W), lowrank.truncate(W, 2), *lowrank.randomized_svd(W, 2)):
        assert a.dtype == np.float32
