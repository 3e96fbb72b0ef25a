"""What every layer has: parameters, sub-layers, modes, and one cache that backward consumes."""

from minilora.nn.parameter import Parameter


class Layer:
    """A forward and a backward, with the parameters between them.

    forward keeps what backward needs; backward consumes it, adds to the parameters' gradients and returns dx. Parameters and
    sub-layers are found among the attributes, in the order in which they were set.
    """

    training = True
    _cache = None

    def children(self):
        """(name, Parameter or Layer), in order. Lists are numbered: blocks.0, blocks.1, ..."""
        for name, value in vars(self).items():
            if isinstance(value, (Parameter, Layer)):
                yield name, value
            elif isinstance(value, list):
                yield from ((f"{name}.{i}", item) for i, item in enumerate(value) if isinstance(item, Layer))

    def named_layers(self, prefix=""):
        """(dotted name, layer) for each layer below this one, parents before children."""
        for name, child in self.children():
            if isinstance(child, Layer):
                yield prefix + name, child
                yield from child.named_layers(f"{prefix}{name}.")

    def named_parameters(self):
        """(dotted name, Parameter), each parameter once: a tied one under its first name."""
        seen = set()
        for name, parameter in self._walk_parameters(""):
            if id(parameter) not in seen:
                seen.add(id(parameter))
                yield name, parameter

    def _walk_parameters(self, prefix):
        for name, child in self.children():
            if isinstance(child, Parameter):
                yield prefix + name, child
            else:
                yield from child._walk_parameters(f"{prefix}{name}.")

    def parameters(self):
        """Each Parameter once."""
        return [parameter for _, parameter in self.named_parameters()]

    def name_parameters(self):
        """Write each parameter's dotted name into it, for messages and files."""
        for name, parameter in self.named_parameters():
            parameter.name = name

    def zero_grad(self):
        """Set every gradient to zero."""
        for parameter in self.parameters():
            parameter.zero_grad()

    def train(self):
        """Training mode: dropout is on. Returns the layer."""
        return self._set_mode(True)

    def eval(self):
        """Evaluation mode: dropout is off. Gradients still work. Returns the layer."""
        return self._set_mode(False)

    def _set_mode(self, training):
        self.training = training
        for _, layer in self.named_layers():
            layer.training = training
        return self

    def take_cache(self):
        """The cache of the latest forward, once."""
        cache, self._cache = self._cache, None
        if cache is None:
            raise RuntimeError(f"{type(self).__name__}.backward needs a forward before it: each backward consumes one")
        return cache

    def drop_cache(self):
        """Forget the latest forward: the layer computes something else now, and a backward would be of neither."""
        self._cache = None
