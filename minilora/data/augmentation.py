"""Augmentation: batches whose inputs are changed a little at random, other places each time, so that no row is seen twice alike.

Each wraps batches of ids, (inputs, targets) or (inputs, targets, mask), and is itself such an iterator; both can be put on
one another. The wrapped batches come as they would alone, and evaluation batches are left as they are. A change must not
change what is right: it suits topics and running text, not number words, whose every character counts.
"""

import numpy as np

from minilora.data.classification import PADDING
from minilora.data.rows import Stream


class Augmented(Stream):
    """`batches`, changed; `share`, from 0 up to and without 1, is the chance of each real token. A kind adds `_change`.

    batches: an iterator with `state()` and `load_state()`   rng: an int seed or a NumPy generator, not the one of batches
    """

    def __init__(self, batches, share, rng):
        if not 0 <= share < 1:
            raise ValueError(f"share must be from 0 to below 1, got {share}; 0.1 is usual")
        super().__init__(rng, {"augmentation": type(self).__name__, "share": share})
        if self.rng is getattr(batches, "rng", None):
            raise ValueError("rng must not be the generator that the batches draw from: each keeps a state; give another seed")
        self.batches, self.share = batches, share

    def __next__(self):
        inputs, targets, *mask = next(self.batches)
        if inputs.ndim != 2 or inputs.dtype.kind not in "iu":
            raise ValueError(
                f"batches must be of ids (N, T), to be augmented, got {inputs.dtype} {inputs.shape}; take them as they are"
            )
        real = mask[0] if mask else np.ones(inputs.shape, dtype=bool)
        chance = self.rng.random(inputs.shape)
        changed, real = self._change(inputs, targets, real, real & (chance < self.share))
        return (changed, targets, real) if mask else (changed, targets)

    def state(self):
        """Where both streams stand."""
        return super().state() | {"batches": self.batches.state()}

    def load_state(self, state):
        """Go to where `state()` was taken. ValueError, with nothing changed, if it was of other batches or another change."""
        before = self.rng.bit_generator.state
        super().load_state(state)
        try:
            self.batches.load_state(state.get("batches", {}))
        except ValueError:
            self.rng.bit_generator.state = before
            raise


class ReplacedCharacters(Augmented):
    """A share of the inputs' tokens is replaced by tokens drawn from the batch, so by their frequency in the text.

    As Xie et al. (2017, arXiv 1703.02573) do to a language model's inputs: unigram noising. Targets stay.
    """

    def _change(self, inputs, targets, real, hit):
        others = self.rng.choice(inputs[real], size=inputs.shape)
        return np.where(hit, others, inputs), real


class DroppedCharacters(Augmented):
    """A share of the tokens falls out, and the rest of the row closes up: for batches with a mask and one label a row.

    A row keeps one token at least. ValueError where each token has its own target, which would move with it.
    """

    def _change(self, inputs, targets, real, hit):
        if targets.ndim != 1:
            raise ValueError(f"DroppedCharacters needs one label a row, got targets {targets.shape}; use ReplacedCharacters")
        kept = real & ~hit
        kept[:, 0] |= ~kept.any(axis=1)
        order = np.argsort(~kept, axis=1, kind="stable")  # what is kept comes first, in its order
        left = np.take_along_axis(kept, order, axis=1)
        return np.where(left, np.take_along_axis(inputs, order, axis=1), PADDING), left
