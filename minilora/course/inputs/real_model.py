"""What the exercises of lesson 28, on checkpoints of real models, are tried on."""

import numpy as np

from minilora.course.inputs.given import inputs


@inputs("interop.rotary_rows.to_halves")
def to_halves_inputs(rng):
    return [
        ("three heads of ten rows", {"W": rng.standard_normal((30, 7)), "heads": 3}),
        ("one head", {"W": rng.standard_normal((8, 5)), "heads": 1}),
        ("a bias of two heads", {"W": rng.standard_normal(12), "heads": 2}),
    ]


@inputs("interop.gguf_blocks.four_bits", results=lambda returned: dict(zip(("floats", "codes"), returned, strict=True)))
def four_bits_inputs(rng):
    def blocks(count, *shape):
        """Blocks with `count` float16 before their codes, none of them beyond what a checkpoint would hold."""
        floats = rng.standard_normal((*shape, count)).astype("<f2").view("u1")
        return np.concatenate([floats, rng.integers(0, 256, (*shape, 16), dtype="uint8")], axis=-1)

    return [("Q4_1, a scale and an offset", {"raw": blocks(2, 3, 5)}), ("Q4_0, a scale alone", {"raw": blocks(1, 4)})]
