"""What a training step holds in memory, counted array by array; what it computes, product by product; and what time it takes."""

from time import perf_counter

from minilora import backend
from minilora.adapters.costs import step_operations
from minilora.nn import Linear


def held(model, optimizer=None):
    """{"weights", "gradients", "moments", "activations": bytes} after a forward and before its backward."""
    parameters = model.parameters()
    gradients = [p.grad for p in parameters if p.grad is not None]
    return {
        "weights": sum(p.data.nbytes for p in parameters),
        "gradients": sum(gradient.nbytes for gradient in gradients),
        "moments": optimizer.state_bytes if optimizer else 0,
        "activations": sum(activations(model).values()),
    }


def activations(model):
    """{layer name: bytes} of the arrays that wait in caches for backward; one in several caches counts for the first only."""
    seen = {id(_root(p.data)) for p in model.parameters()}
    found = {}
    for name, layer in [*model.named_layers(), ("loss", model)]:
        cache = layer._cache if layer is not model else model._loss_cache
        for array in _arrays(cache):
            root = _root(array)
            if id(root) not in seen:
                seen.add(id(root))
                found[name] = found.get(name, 0) + root.nbytes
    return found


def _arrays(value):
    """The arrays in a nest of tuples and lists."""
    if isinstance(value, tuple | list):
        for item in value:
            yield from _arrays(item)
    elif hasattr(value, "nbytes"):
        yield value


def _root(array):
    """The array whose memory this one is a view of."""
    while hasattr(getattr(array, "base", None), "nbytes"):
        array = array.base
    return array


def operations(model, N, T):
    """Of the products of one step on N sequences of T tokens: those of the maps, of LoRA's paths, and of attention itself.

    Blocks below the lowest that learns have no backward, if the embeddings do not learn either.
    """
    learns = [any(p.trainable for p in block.parameters()) for block in model.blocks]
    lowest = 0 if model.embed.W.trainable else learns.index(True)
    config, total = model.config, 0
    for name, layer in model.named_layers():
        if isinstance(layer, Linear):
            (n_out, n_in), ranks = layer.W.data.shape, [len(adapter.A.data) for adapter in layer.active]
            idle = name.startswith("blocks.") and int(name.split(".")[1]) < lowest
            whole = step_operations(n_in, n_out, N * T, None if layer.W.trainable else sum(ranks))
            total += step_operations(n_in, n_out, N * T) // 3 if idle else whole
    attention = 2 * 2 * N * T * T * config.n_heads * config.d_head  # q k^T, then P v; backward has two products for each
    return total + attention * (3 * len(learns) - 2 * lowest)


def seconds(steps, rounds):
    """{label: [seconds, one a round]} of each function in `steps`, taken in turns so that all meet the same disturbances."""
    backend.tune_memory()
    taken = {label: [] for label in steps}
    for _ in range(rounds + 1):
        for label, step in steps.items():
            start = perf_counter()
            step()
            taken[label].append(perf_counter() - start)
    return {label: times[1:] for label, times in taken.items()}  # the first is a warm-up
