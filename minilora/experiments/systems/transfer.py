"""A trained model's values in a model with other ends: a classifier's head above its blocks, patches of an image below them."""

from dataclasses import replace

from minilora import backend
from minilora.nn import Linear, Transformer
from minilora.nn.layer import Layer


def rebuilt(model, rng, **fields):
    """A Transformer with some fields of the config changed and the model's values under every name that both have.

    rng: an int or NumPy generator; draws what is new. ValueError if a parameter of one name has two shapes.
    """
    result = Transformer(replace(model.config, **fields), rng, dtype=model.dtype)
    values = {name: p.data for name, p in model.named_parameters()}
    for name, p in result.named_parameters():
        if name in values:
            p.data = values[name]
    return result


def classifier(model, n_classes, rng, **fields):
    """The model with a new head over the mean of what it says at the real tokens; other fields changed as `rebuilt` does."""
    return rebuilt(model, rng, n_classes=n_classes, pool="mean", **fields)


class PatchReader(Layer):
    """Patches (N, T, D) through a new linear map to vectors (N, T, C), which a Transformer takes in the place of its tokens.

    Its table of tokens is not read, so it is frozen. rng draws the map: normal, so that a vector is about as long as a token's.
    """

    def __init__(self, transformer, patch_size, rng):
        table = transformer.embed.W
        W = backend.as_generator(rng).standard_normal((transformer.config.d_model, patch_size))
        W *= backend.item(table.data.std()) / patch_size**0.5
        self.patches = Linear(backend.asarray(W, dtype=transformer.dtype))
        self.transformer = transformer
        table.trainable = False
        self.name_parameters()

    def forward(self, patches, mask=None):
        """Logits, (N, n_classes)."""
        return self.transformer.forward(self.patches.forward(patches), mask)

    def loss(self, patches, labels, mask=None):
        """Mean cross-entropy in nats, a Python float."""
        return self.transformer.loss(self.patches.forward(patches), labels, mask)

    def backward(self):
        """Add the gradients of every trainable parameter."""
        self.patches.backward(self.transformer.backward())
