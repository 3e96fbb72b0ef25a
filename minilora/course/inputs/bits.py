"""What the exercises of lesson 22, on weights in few bits, are tried on."""

import numpy as np

from minilora.course.inputs.given import inputs


@inputs("quantize.normal_levels", results=lambda levels: {"level": np.asarray(levels)})
def normal_levels_inputs(rng):
    return [
        ("NF4's own", {"last": 1 - (1 / 30 + 1 / 32) / 2, "above": 8, "below": 7}),
        ("another end and other counts", {"last": 0.9, "above": 5, "below": 3}),
    ]


@inputs("quantize.nearest_codes")
def nearest_codes_inputs(rng):
    levels = np.sort(rng.uniform(-1, 1, 11))
    return [
        ("uneven levels", {"relative": rng.uniform(-1, 1, (5, 23)), "levels": levels}),
        ("values beyond the ends", {"relative": rng.uniform(-2, 2, (3, 17)), "levels": levels[2:9]}),
    ]


@inputs("quantize.pack")
def pack_inputs(rng):
    return [
        ("an even number", {"codes": rng.integers(0, 16, (3, 8), dtype="uint8")}),
        ("an odd number", {"codes": rng.integers(1, 16, (2, 7), dtype="uint8")}),
    ]


@inputs("quantize.unpack")
def unpack_inputs(rng):
    return [
        ("an even number", {"packed": rng.integers(0, 256, (3, 4), dtype="uint8"), "n": 8}),
        ("an odd number", {"packed": rng.integers(0, 256, (2, 5), dtype="uint8"), "n": 9}),
    ]


@inputs("quantize.block_scales")
def block_scales_inputs(rng):
    W = rng.standard_normal((3, 10)).astype("float32")
    W[1, 4:8] = -abs(W[1, 4:8])
    return [
        ("a shorter block at the end", {"W": W, "block": 4}),
        ("a vector", {"W": rng.standard_normal(15).astype("float32"), "block": 5}),
    ]


@inputs("quantize.absmax_codes")
def absmax_codes_inputs(rng):
    W = rng.standard_normal((3, 10))
    W[1, 4:8] = 0
    by_row = abs(W).max(axis=1, keepdims=True)
    blocks = np.stack([abs(W[:, at : at + 4]).max(axis=1) for at in (0, 4, 8)], axis=1)
    return [
        ("8 bits, a block of zeros", {"W": W, "a": blocks, "bits": 8, "block": 4}),
        ("4 bits, a scale a row", {"W": W, "a": by_row, "bits": 4, "block": 10}),
    ]


@inputs("quantize.absmax_values")
def absmax_values_inputs(rng):
    return [
        (label, {"k": rng.integers(-Q, Q + 1, (3, 10), dtype="int8"), "a": rng.random((3, 3)), "bits": bits, "block": 4})
        for label, Q, bits in (("8 bits", 127, 8), ("4 bits", 7, 4))
    ]


@inputs("quantize.scales_from_8_bits")
def scales_from_8_bits_inputs(rng):
    return [
        (label, {"k": rng.integers(-127, 128, n, dtype="int8"), "outer": outer, "mean": 1.2})
        for label, n, outer in (("one block", 23, np.array([0.9])), ("two, some near zero", 300, np.array([0.4, 1.7])))
    ]


@inputs("ops.quantized_linear.dequantize_blocks")
def dequantize_blocks_inputs(rng):
    packed, own = rng.integers(0, 256, (3, 6), dtype="uint8"), rng.integers(-127, 128, (2, 9), dtype="int8")
    scales, offsets = (rng.standard_normal((3, 3)) for _ in range(2))
    levels, given = rng.standard_normal(16), {"block": 4, "dtype": "float64"}
    return [
        ("no offsets", {"codes": packed, "scales": scales, "offsets": None, "levels": levels, "n": 11, **given}),
        ("with offsets", {"codes": packed, "scales": scales, "offsets": offsets, "levels": levels, "n": 11, **given}),
        ("codes for themselves", {"codes": own, "scales": scales[:2], "offsets": None, "levels": None, "n": 9, **given}),
    ]
