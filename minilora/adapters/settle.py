"""Make each layer's W what its adapters say, and tell the model."""


def settle(model, layers):
    """Bring W up to date in these layers after adapters were hung in, merged, switched or taken out.

    A W that the model no longer computes with is marked, so that an optimiser which holds it refuses to step.
    """
    layers = list(layers)
    before = [layer.W for layer in layers]
    for layer in layers:
        layer.settle()
    in_use = {id(p) for p in model.parameters()}  # a tied head's old W is: the embedding reads it
    for W in before + [layer.original for layer in layers]:
        W.detached = id(W) not in in_use
    model.name_parameters()  # an untied head's W has a name of its own
