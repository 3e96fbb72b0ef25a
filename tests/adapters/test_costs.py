"""The counts against the arrays that there are, and against the products that are computed."""

import numpy as np
import pytest

from minilora.adapters import LoRA, inject
from minilora.adapters.costs import lora_values, step_operations, training_bytes
from minilora.ops import linear_backward, linear_forward, lora_backward, lora_forward
from minilora.training import AdamW


class Counting(np.ndarray):
    """Counts the operations of the products that it takes part in."""

    done = 0

    def __array_ufunc__(self, ufunc, method, *args, **kwargs):
        args = [a.view(np.ndarray) if isinstance(a, Counting) else a for a in args]
        if ufunc is np.matmul:
            Counting.done += 2 * args[0].size * args[1].shape[-1]
        found = getattr(ufunc, method)(*args, **kwargs)
        return found.view(Counting) if isinstance(found, np.ndarray) else found


@pytest.mark.parametrize("r", [None, 0, 3])
def test_operations_are_those_that_are_computed(r):
    rng = np.random.default_rng(0)
    n_in, n_out, N, T = 7, 11, 2, 5
    arrays = (rng.standard_normal(s) for s in ((N, T, n_in), (n_out, n_in), (N, T, n_out), (r or 1, n_in), (n_out, r or 1)))
    x, W, dy, A, B = (a.view(Counting) for a in arrays)
    Counting.done = 0
    _, cache = linear_forward(x, W)
    linear_backward(dy, cache, None if r is None else {"x"})
    if r:
        lora_backward(dy, lora_forward(x, A, B)[1])
    assert Counting.done == step_operations(n_in, n_out, N * T, r)


def test_values_and_bytes_are_those_of_the_arrays(small):
    model = small(dtype="float32")
    named = dict(model.named_layers())
    layers = inject(model, LoRA(r=2, alpha=3), ("attn.q", "mlp.up"))
    trained = sum(p.data.size for p in model.parameters() if p.trainable)
    assert trained == lora_values([named[name].W.data.shape for name in layers], 2)
    model.zero_grad()
    learner = AdamW(model.parameters(), lr=1e-3)
    arrays = [a for p in model.parameters() for a in (p.data, p.grad) if a is not None]
    frozen = sum(p.data.size for p in model.parameters()) - trained
    assert sum(a.nbytes for a in arrays) + learner.state_bytes == training_bytes(frozen, trained)
