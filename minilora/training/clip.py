"""Gradient clipping: a gradient longer than max_norm is shortened to it, its direction kept.

    (F1)  norm = sqrt( sum over all parameters and elements  g^2 )
    (F2)  g = g min(1, max_norm / norm)                                     Pascanu, Mikolov & Bengio 2013

A norm that is not finite says nothing about how much too long g is: then g is left as it is.
"""

import math

from minilora import backend
from minilora.training.flat import FlatParameters


def gradient_norm(parameters):
    """|g| over the trainable ones of `parameters`, a Python float (F1). One sweep for an optimiser's `parameters`."""
    return _norm(_gradients(parameters))


def clip_gradients(parameters, max_norm):
    """Scale all gradients together, in place, so that |g| <= max_norm (F2). Returns |g| before, a Python float.

    parameters: an iterable of Parameter, or an optimiser's `parameters`. A NaN or infinite |g| is returned and changes nothing.
    ValueError if max_norm <= 0.
    """
    if not max_norm > 0:
        raise ValueError(f"max_norm must be > 0, got {max_norm}")
    gradients = _gradients(parameters)
    norm = _norm(gradients)
    if max_norm < norm < math.inf:
        for g in gradients:
            g *= max_norm / norm                            # (F2)
    return norm


def clipped(g, max_norm):
    """g, all gradients in one array, shortened to max_norm (> 0): a new array. What `clip_gradients` does in place."""
    norm = math.sqrt(_squares(g))                           # (F1)
    factor = max_norm / norm if max_norm < norm < math.inf else 1.0
    return factor * g                                       # (F2)


def _gradients(parameters):
    if isinstance(parameters, FlatParameters):
        return [parameters.grad]
    return [p.grad for p in parameters if p.trainable]


def _norm(gradients):
    total = sum(_squares(g) for g in gradients)
    if total < math.inf or not gradients:
        return math.sqrt(total)                             # (F1)
    largest = max(backend.item(abs(g).max()) for g in gradients)
    if not largest < math.inf:
        return largest
    return largest * math.sqrt(sum(_squares(g / largest) for g in gradients))  # g^2 overflowed, g did not


def _squares(g):
    return backend.item(backend.get_array_module(g).vdot(g, g))
