"""What hangs in a layer: arrays of its own, of which some are trained, and the change of W that they make."""

from minilora import backend
from minilora.nn.dropout import draw_mask
from minilora.nn.layer import Layer
from minilora.nn.parameter import Parameter


class Adapter(Layer):
    """An adapter whose op adds to the layer's output: y + op(x, *arrays).

    Each method's subclass names its op pair and says what `delta` is. `leaves` are the op's arrays in its order; each is a
    Parameter, and a further array of the start (A0, B0) is one that stays frozen. scale: s weight, a Python float.
    """

    kind = "adapter"
    leaves = ("A", "B")
    op_forward = op_backward = None  # static methods

    def __init__(self, arrays, spec, s, rng):
        for leaf, array in arrays.items():
            setattr(self, leaf, Parameter(array, trainable=leaf in self.leaves and leaf not in spec.frozen))
        self.spec, self.s, self.rng = spec, s, rng
        self.weight = 1.0
        self.enabled, self.merged = True, False
        self.base = None  # fingerprints of the model it was trained on, if it came from a folder

    @property
    def scale(self):
        return self.s * self.weight

    def forward(self, x, y, layer):
        """y of the layer without this adapter, to y with it."""
        change, self._cache = self.op_forward(x, *(getattr(self, leaf).data for leaf in self.leaves), **self.constants(x))
        y += change
        return y

    def backward(self, dy):
        """This path's part of dx, and the gradient that goes on to the layer itself."""
        needs = {"x"} | {leaf for leaf in self.leaves if getattr(self, leaf).trainable}
        dx, *gradients = self.op_backward(dy, self.take_cache(), needs)
        for leaf, gradient in zip(self.leaves, gradients, strict=True):
            if gradient is not None:
                getattr(self, leaf).accumulate(gradient)
        return dx, dy

    def constants(self, x):
        """What the op takes besides x and the arrays. In training, dropout's mask is drawn here."""
        p = self.spec.dropout if self.training else 0.0
        return {"keep": draw_mask(self.rng, x.shape, p) if p else None, "s": self.scale, "p": p}

    def delta(self, W=None):
        """Delta W, of W's shape: what merge adds to the original W, which methods that depend on it are given."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it adds to W")

    def start(self):
        """What the adapter was when it was hung in, if the layer's W gives that up for it; None for a start at zero."""
        return None

    def in_W(self, W):
        """What of this adapter stands in the layer's W now: all of it when merged, else its start, with a minus; or None."""
        if self.merged:
            return self.delta(W)
        start = self.start() if self.enabled else None
        return None if start is None else -start

    def arrays(self):
        """{leaf: array} of all that it holds, the frozen ones too."""
        return {leaf: p.data for leaf, p in self.named_parameters()}


def like(W, array):
    """A host array in the dtype and on the device of W."""
    return backend.asarray(array.astype(str(W.dtype)))
