"""A trainable array and its gradient."""

from minilora import backend


class Parameter:
    """An array `data` with its gradient `grad`.

    data       the values. Assigning copies into the storage, which may be a view of an optimiser's flat buffer.
    shape, dtype    of data. A quantised parameter knows them without making its values.
    grad       an array of the same shape, to which backward adds; None while the parameter is frozen.
    trainable  False freezes it: no gradient, no step.
    name       its dotted name in the model, such as "blocks.0.attn.q.W".
    decay      whether weight decay applies: to matrices, not to biases or norms.
    rate       multiplies the optimiser's lr, 1 at first; set before the optimiser is built.
    detached   True once its model computes without it: an optimiser that holds it refuses to step.
    """

    def __init__(self, data, trainable=True, name="", decay=None):
        self._data = data
        self._grad = None
        self.name = name
        self.decay = data.ndim > 1 if decay is None else decay
        self.rate = 1.0
        self.trainable = trainable
        self.detached = False

    @property
    def data(self):
        return self._data

    @data.setter
    def data(self, value):
        if value.shape != self._data.shape:
            raise ValueError(f"{self.name or 'parameter'}.data has shape {self._data.shape}, got {value.shape}")
        self._data[...] = value

    @property
    def shape(self):
        return tuple(self._data.shape)

    @property
    def dtype(self):
        return self._data.dtype

    @property
    def grad(self):
        return self._grad

    @property
    def trainable(self):
        return self._trainable

    @trainable.setter
    def trainable(self, value):
        self._trainable = bool(value)
        if not value:
            self._grad = None
        elif self._grad is None:
            xp = backend.get_array_module(self._data)
            self._grad = xp.zeros(self._data.shape, dtype=self._data.dtype)  # zeros_like would touch every page at once

    def accumulate(self, gradient):
        """Add a gradient; a frozen parameter takes none."""
        if self._trainable:
            self._grad += gradient

    def zero_grad(self):
        if self._trainable:
            self._grad.fill(0)

    def adopt(self, data):
        """Make an array of the same shape and dtype the storage, without a copy: for a reader of files, before any optimiser."""
        if data.shape != self._data.shape or data.dtype != self._data.dtype:
            given = f"{data.dtype} of shape {data.shape}"
            raise ValueError(f"{self.name or 'parameter'} has {self._data.dtype} of shape {self._data.shape}, got {given}")
        self._data = data

    def move_into(self, data, grad):
        """Take storage given from outside (views of flat buffers), values kept."""
        data[...] = self._data
        grad[...] = self._grad
        self._data, self._grad = data, grad

    def __repr__(self):
        return f"Parameter({self.name!r}, shape {self._data.shape}, {self._data.dtype}{'' if self._trainable else ', frozen'})"
