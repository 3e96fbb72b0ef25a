"""SwiGLU: a SiLU gate times a linear path (Shazeer 2020, arXiv 2002.05202, equation 5).

    gate, up, y, dy: any one shape   (both come from linear maps of the same x)

    forward   (F1)  y     = silu(gate) up
    backward  (B1)  dgate = dy up silu'(gate)
              (B2)  dup   = dy silu(gate)
"""

from minilora.ops.form import wanted
from minilora.ops.silu import silu_backward, silu_forward


def swiglu_forward(gate, up):
    """y = silu(gate) up. The cache holds silu's own cache, silu(gate) and up."""
    activated, silu_cache = silu_forward(gate)
    y = activated * up                                  # (F1)
    return y, (silu_cache, activated, up)


def swiglu_backward(dy, cache, needs=None):
    """The gradients dgate, dup."""
    silu_cache, activated, up = cache
    dgate = dup = None
    if wanted(needs, "gate"):
        (dgate,) = silu_backward(dy * up, silu_cache)   # (B1)
    if wanted(needs, "up"):
        dup = dy * activated                            # (B2)
    return dgate, dup


def swiglu_inputs(rng, N=2, T=3, F=5):
    return {"gate": rng.standard_normal((N, T, F)), "up": rng.standard_normal((N, T, F))}
