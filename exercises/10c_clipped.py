"""Gradient clipping: a gradient longer than max_norm is shortened to it, its direction kept.

    (F1)  norm = ...
    (F2)  g = ...

A norm that is not finite says nothing about how much too long g is: then g is left as it is.

Exercise 10c, lesson 10: Clipping by the norm.
Write clipped. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 10c       tests this file
    minilora exercise hint 10c        one hint more, each time
"""

import math

from minilora import backend


def clipped(g, max_norm):
    """g, all gradients in one array, shortened to max_norm (> 0): a new array. What `clip_gradients` does in place."""
    # (F1)  norm =
    # (F2)  g =
    raise NotImplementedError("10c: write clipped")


def _squares(g):
    return backend.item(backend.get_array_module(g).vdot(g, g))
