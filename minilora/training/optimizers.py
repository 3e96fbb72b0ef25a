"""Gradient descent, with momentum, and Adam.

The formulas are those of `steps`, one step each: steps:F1 and F2 for SGD, F3 to F5 for Adam, F6 before them for AdamW. Here they
go over flat arrays in place, block by block. lr is the optimiser's times the parameter's own `rate`.

m and v start at zero, so that after t steps their weights sum to 1 - beta^t: m' and v' undo that. With c = sqrt(1 - beta2^t),

    m' / (sqrt(v') + eps)  =  c / (1 - beta1^t)  m / (sqrt(v) + c eps),

which needs m' and v' nowhere and saves two sweeps.
"""

import math
from numbers import Integral

from minilora import backend
from minilora.training.flat import FlatParameters
from minilora.training.match import match


class Optimizer:
    """What SGD and Adam share: flat buffers, the step count, the state by name.

    parameters   FlatParameters: its `grad` is every gradient in one array
    lr           the step size; may be set between steps, as schedules do
    steps        how many steps were taken
    state_bytes  the memory of the moments, the price of the optimiser beside data and grad
    """

    def __init__(self, parameters, lr, moments):
        if not 0 <= lr < math.inf:
            raise ValueError(f"lr must be a number >= 0, got {lr}")
        self.lr = lr
        self.steps = 0
        self.parameters = FlatParameters(parameters)
        flat = self.parameters
        self.xp = backend.get_array_module(flat.data)
        self.moments = {name: self.xp.zeros_like(flat.data) for name in moments}
        scratch = self.xp.empty(flat.block, dtype=flat.data.dtype)
        arrays = (flat.data, flat.grad, *self.moments.values())
        self.blocks = [(*(a[at] for a in arrays), scratch[: at.stop - at.start], *flags) for at, *flags in flat.blocks()]

    def step(self):
        """Update the parameters from their gradients. RuntimeError if the set of them changed since construction."""
        self.check()
        self.steps += 1
        self.before_sweep()
        self.sweep()
        self.after_sweep()

    def check(self):
        """Refuse a step that cannot be taken, with nothing changed. For methods that ask for more than the same parameters."""
        self.parameters.check()

    def before_sweep(self):
        """For methods that change the gradients before they are used; `steps` counts this step already.

        They change `grad` itself: a second step without zero_grad and a backward between would project, or penalise, twice.
        """

    def after_sweep(self):
        """For methods that change the parameters once they are updated."""

    def zero_grad(self):
        self.parameters.grad.fill(0)

    @property
    def state_bytes(self):
        return sum(a.nbytes for a in self.moments.values())

    def state(self):
        """{"kind", "steps", "arrays": {"m.embed.W": array, ...}}: copies, one for each moment and parameter name."""
        return {"kind": type(self).__name__, "steps": self.steps, "arrays": {k: a.copy() for k, a in self._named().items()}}

    def load_state(self, state):
        """Take what `state()` gave. ValueError, and nothing changed, if it is of another optimiser or other parameters."""
        self.check_state(state)
        self.steps = state["steps"]
        for name, array in self._named().items():
            array[...] = self.xp.asarray(state["arrays"][name])

    def check_state(self, state):
        """ValueError if `load_state(state)` would fail."""
        if state["kind"] != type(self).__name__:
            raise ValueError(f"the state is of {state['kind']}, the optimizer is {type(self).__name__}; build the same kind")
        if not isinstance(state["steps"], int):
            raise ValueError(f"the state's steps must be an int, got {state['steps']!r}")
        match(self._named(), state["arrays"], "optimizer")

    def _named(self):
        names = self._names()
        views = {kind: self.parameters.split(array) for kind, array in self.moments.items()}
        return {f"{kind}.{name}": view for kind in views for name, view in zip(names, views[kind], strict=True)}

    def _names(self):
        names = [p.name for p in self.parameters]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"two parameters are named {twice!r}; state is kept by name, so give each its own")
        return names


class SGD(Optimizer):
    """Stochastic gradient descent, steps:F1 and steps:F2. `momentum` is mu, in [0, 1); 0 keeps no state."""

    def __init__(self, parameters, lr, momentum=0.0):
        _require_fraction("momentum", momentum)
        super().__init__(parameters, lr, moments=("m",) if momentum else ())
        self.momentum = momentum

    def sweep(self):
        for p, g, *moments, s, _, rate in self.blocks:
            for m in moments:                               # one, or none without momentum
                m *= self.momentum
                m += g                                      # steps:F1
                g = m
            self.xp.multiply(g, self.lr * rate, out=s)
            p -= s                                          # steps:F2


class Adam(Optimizer):
    """Adam, steps:F3 to steps:F5. `betas` in [0, 1): how slowly m and v forget. `eps` > 0 bounds the step where v is small."""

    weight_decay = 0.0
    flat_moments = ("m", "v")                               # none in a subclass that keeps its own

    def __init__(self, parameters, lr, betas=(0.9, 0.999), eps=1e-8):
        if not isinstance(betas, tuple | list) or len(betas) != 2:
            raise ValueError(f"betas must be two numbers, (beta1, beta2), got {betas!r}")
        for beta in betas:
            _require_fraction("betas", beta)
        if not 0 < eps < math.inf:
            raise ValueError(f"eps must be a number > 0, got {eps}")
        super().__init__(parameters, lr, moments=self.flat_moments)
        self.betas, self.eps = betas, eps

    def sweep(self):
        for p, g, m, v, s, decay, rate in self.blocks:
            lr = self.lr * rate
            if decay and self.weight_decay:
                p *= 1 - lr * self.weight_decay             # steps:F6
            self.advance(g, m, v, lr, s)
            p -= s                                          # steps:F5

    def advance(self, g, m, v, lr, s):
        """Take m and v one step on, in place, and write lr m' / (sqrt(v') + eps) into s. g, m, v and s have one shape."""
        xp, (beta1, beta2) = self.xp, self.betas
        c = math.sqrt(1 - beta2**self.steps)
        xp.multiply(g, 1 - beta1, out=s)
        m *= beta1
        m += s                                              # steps:F3
        xp.multiply(g, g, out=s)
        s *= 1 - beta2
        v *= beta2
        v += s                                              # steps:F4
        xp.sqrt(v, out=s)
        s += c * self.eps
        xp.divide(m, s, out=s)
        s *= lr * c / (1 - beta1**self.steps)


class AdamW(Adam):
    """Adam with decoupled weight decay, steps:F6, on the parameters whose `decay` is true: matrices, not biases or norms."""

    def __init__(self, parameters, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        if not 0 <= weight_decay < math.inf:
            raise ValueError(f"weight_decay must be a number >= 0, got {weight_decay}")
        super().__init__(parameters, lr, betas, eps)
        self.weight_decay = weight_decay


def require_count(name, value):
    """ValueError unless value is an integer of at least 1."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise ValueError(f"{name} must be an integer of at least 1, got {value!r}")


def _require_fraction(name, value):
    if not 0 <= value < 1:
        raise ValueError(f"{name} must lie in [0, 1), got {value}")
