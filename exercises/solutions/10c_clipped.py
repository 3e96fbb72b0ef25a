"""Gradient clipping: a gradient longer than max_norm is shortened to it, its direction kept.

    (F1)  norm = sqrt( sum over all parameters and elements  g^2 )
    (F2)  g = g min(1, max_norm / norm)                                     Pascanu, Mikolov & Bengio 2013

A norm that is not finite says nothing about how much too long g is: then g is left as it is.
"""

import math

from minilora import backend


def clipped(g, max_norm):
    """g, all gradients in one array, shortened to max_norm (> 0): a new array. What `clip_gradients` does in place."""
    norm = math.sqrt(_squares(g))                           # (F1)
    factor = max_norm / norm if max_norm < norm < math.inf else 1.0
    return factor * g                                       # (F2)


def _squares(g):
    return backend.item(backend.get_array_module(g).vdot(g, g))
