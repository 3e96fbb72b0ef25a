"""SwiGLU: a SiLU gate times a linear path (Shazeer 2020, arXiv 2002.05202, equation 5).

    gate, up, y, dy: any one shape   (both come from linear maps of the same x)

    forward   (F1)  y     = silu(gate) up
    backward  (B1)  dgate = ...
              (B2)  dup   = ...

Exercise 05e, lesson 05: SwiGLU, a gate and what it lets through.
Write swiglu_forward and swiglu_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 05e       tests this file
    minilora exercise hint 05e        one hint more, each time
"""

from minilora.ops.form import wanted
from minilora.ops.silu import silu_backward, silu_forward


def swiglu_forward(gate, up):
    """y = silu(gate) up. The cache holds silu's own cache, silu(gate) and up."""
    # (F1)  y =
    raise NotImplementedError("05e: write swiglu_forward")


def swiglu_backward(dy, cache, needs=None):
    """The gradients dgate, dup."""
    # (B1)  dgate =
    # (B2)  dup =
    raise NotImplementedError("05e: write swiglu_backward")


def swiglu_inputs(rng, N=2, T=3, F=5):
    return {"gate": rng.standard_normal((N, T, F)), "up": rng.standard_normal((N, T, F))}
