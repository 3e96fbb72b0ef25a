"""The head and its cross-entropy, some positions at a time where the vocabulary is large.

    x: (..., C), what the head reads   targets: (...) integers, -100 where a position does not count

The loss is a mean over the n positions that count. So a chunk with n_c of them counts n_c / n of its own mean, and that much of
its own gradient. SmolLM2's logits of 256 tokens are 50 MB, and so is each array that cross-entropy makes of them: a chunk's are
dropped after the loss and made again for the gradient. That costs one more product with the head's matrix.
"""

from minilora import backend
from minilora.ops.cross_entropy import countable, cross_entropy_backward, cross_entropy_forward
from minilora.ops.form import rows

CHUNK = 1 << 22  # logits that stand at a time: 16 MiB in float32


def head_loss(head, x, targets, n_out, chunk=CHUNK):
    """(L, cache): the mean cross-entropy of head.forward(x), a Python float. n_out: classes. ValueError if no target counts."""
    if targets.size * n_out <= chunk or head.active:  # the dropout of an adapter in the head would draw another mask
        L, cache = cross_entropy_forward(head.forward(x), targets)
        return backend.item(L), (cache, None, None)
    chunks = list(_chunks(rows(x), targets.reshape(-1), max(1, chunk // n_out)))
    L = sum(share * backend.item(cross_entropy_forward(head.forward(x_c), targets_c)[0]) for x_c, targets_c, share, _ in chunks)
    head.drop_cache()
    return L, (None, chunks, x)


def head_loss_backward(head, cache):
    """dx of the x that head_loss was given; adds to the gradients of the head."""
    whole, chunks, x = cache
    if chunks is None:
        (dlogits,) = cross_entropy_backward(1.0, whole)
        return head.backward(dlogits)
    dx = backend.get_array_module(x).zeros(rows(x).shape, dtype=x.dtype)
    for x_c, targets_c, share, place in chunks:
        _, cache_c = cross_entropy_forward(head.forward(x_c), targets_c)
        (dlogits,) = cross_entropy_backward(share, cache_c)
        dx[place] = head.backward(dlogits)
    return dx.reshape(x.shape)


def _chunks(x, targets, size):
    """(x, targets, their share of the positions that count, where they stand) of each chunk in which one counts."""
    _, counts, n = countable(targets, -100, x.dtype)
    for start in range(0, len(x), size):
        place = slice(start, start + size)
        n_c = backend.item(counts[place].sum())
        if n_c:
            yield x[place], targets[place], n_c / n, place
