"""The best of a few values, chosen on text that is for the choice alone."""

import math

from minilora.training import TrainingError


def best_of(values, train, loss):
    """(value, model): of the models train(value), the one with the least loss(model), and the first of equals.

    loss judges on text that is neither learned from nor held out for the result. A value at which training breaks down is
    out. TrainingError if every one is.
    """
    least = math.inf
    for value in values:
        try:
            model = train(value)
        except TrainingError:
            continue
        found = loss(model)
        if found < least:
            least, best = found, (value, model)
    if least == math.inf:
        raise TrainingError(f"training breaks down at each of {', '.join(map(str, values))}; give smaller ones")
    return best
