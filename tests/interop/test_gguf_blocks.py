"""Blocks of 4 bits, byte by byte."""

import struct

import numpy as np
import pytest

from minilora.interop.gguf_blocks import four_bits


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("count", [1, 2])
def test_floats_and_codes_as_struct_reads_them(rng, count):
    raw = rng.integers(0, 256, (3, 5, 2 * count + 16), dtype="uint8")
    raw[..., 1 : 2 * count : 2] &= 0x3B  # no NaN and no infinity
    kept = raw.copy()
    floats, codes = four_bits(raw)
    assert (floats.shape, floats.dtype, codes.shape, codes.dtype) == ((3, 5, count), np.float16, (3, 5, 32), np.uint8)
    for place in np.ndindex(3, 5):
        *numbers, packed = struct.unpack(f"<{count}e16s", raw[place].tobytes())
        assert floats[place].tolist() == numbers
        assert codes[place].tolist() == [b & 15 for b in packed] + [b >> 4 for b in packed]
    assert np.array_equal(raw, kept)
