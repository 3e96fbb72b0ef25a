"""LoRA-FA: A stays as it was drawn, and B steps as near to full tuning as that A allows (Zhang et al. 2023, arXiv 2308.03303).

    A: (r, in), frozen   B: (out, r)   G = dL/dW: (out, in), never formed   s: the LoRA scale

    (F1)  g = dB (A A^T)^-1 / s^2                   minimises  norm_F(s g A - G)

dB = s G A^T is what backward gives (lora:B1). So s g A = G A^T (A A^T)^-1 A is the projection of G on the rows of A. A step of B
by -eta g changes W by -eta times that, however long A's rows are and whatever s is; a step by -eta dB changes it by
-eta s^2 G A^T A instead. AdamW takes g in the place of the gradient.

With A frozen, backward needs A x only and not x, which is the method's saving of memory; the layers here keep x all the same.
"""

from minilora import backend
from minilora.adapters.inject import adapters_of
from minilora.training.optimizers import AdamW


def projected_gradient(dB, A, s):
    """g: (out, r), from dB: (out, r), A: (r, in) of rank r, and s, not 0 (F1)."""
    return backend.get_array_module(dB, A).linalg.solve(A @ A.T, dB.T).T / s**2     # (F1): A A^T is symmetric


class LoRAFAAdamW(AdamW):
    """AdamW for a model with LoRA adapters whose A is frozen: each B's gradient is projected by (F1) before it is used.

    options: AdamW's. ValueError if the model has no such adapter, trains an A, has an A whose rows are linearly
    dependent, or has an adapter with s = 0; the last is refused at each step too.
    """

    def __init__(self, model, lr, **options):
        self.adapters = {}
        for name, _, key, adapter in adapters_of(model):
            if {leaf for leaf, _ in adapter.named_parameters()} == {"A", "B"} and adapter.B.trainable:
                called = f"adapter {key!r} in {name}"
                _refuse(called, adapter.A)
                _refuse_zero(called, adapter)
                self.adapters[called] = adapter
        if not self.adapters:
            raise ValueError("the model has no adapter that trains a factor B beside a frozen A: inject one of lora-fa first")
        super().__init__(model.parameters(), lr, **options)

    def check(self):
        super().check()
        for called, adapter in self.adapters.items():
            _refuse_zero(called, adapter)                   # it may have been weighed since

    def before_sweep(self):
        for adapter in self.adapters.values():
            adapter.B.grad[...] = projected_gradient(adapter.B.grad, adapter.A.data, adapter.scale)


def _refuse(name, A):
    if A.trainable:
        raise ValueError(f"{name} trains its A, but the projected step needs it frozen: inject lora-fa, or use AdamW")
    rank = backend.item(backend.get_array_module(A.data).linalg.matrix_rank(A.data))
    if rank < len(A.data):
        raise ValueError(f"{name} must have an A of rank {len(A.data)}, got rank {rank}: A A^T has no inverse; draw A at random")


def _refuse_zero(name, adapter):
    if adapter.scale == 0:
        raise ValueError(f"{name} has the scale s = 0, so that no step of B counts: give alpha, or weigh, another value")
