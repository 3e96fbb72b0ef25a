"""Scores of weights: what pruning goes by. The weights with low scores are removed.

    w: a weight   g: dL/dw, the mean of g_b over batches   g_b: that of one batch   h: d^2L/dw^2   all elementwise

    (F1)  gradient   =  |g|                        article A
    (F2)  magnitude  =  |w|                        Han et al. 2015, arXiv 1506.02626
    (F3)  taylor     =  (w g)^2                    Molchanov et al. 2016 and 2019, arXiv 1611.06440 and 1906.10771
    (F4)  obd        =  1/2 h w^2                  LeCun, Denker & Solla 1990
    (F5)  snip       =  |w g|                      Lee, Ajanthan & Torr 2019, arXiv 1810.02340, there divided by the sum of all
    (F6)  movement   =  - sum over steps  w g      Sanh, Wolf & Rush 2020, arXiv 2005.07683
          with
    (F7)  h          =  mean over batches  g_b^2   the empirical Fisher, in the place of the second derivative

To remove w changes the loss by  -w g + 1/2 h w^2 + ...  F3 and F5 keep the first term, and rank alike; F4 keeps the second, which
is left at a minimum. F2 keeps w alone. F1 is a slope, not a price: near a minimum it is small for every weight, needed or not.

F7 stands for the Hessian's diagonal where the model fits its targets. It wants many small batches: over n examples g_b averages
itself away, to about 1/n of h, and a single batch has h = g^2, so that F4 is half of F3.
"""

from typing import NamedTuple

from minilora import backend
from minilora.adapters.inject import ALL_LINEAR, match
from minilora.compress.wrapped import Wrapped

SCORES = ("gradient", "magnitude", "taylor", "obd", "snip")


def score(kind, w, g=None, h=None):
    """The scores of weights, of the shape of w. kind: of SCORES. g, h: of that shape; each kind needs what its formula has."""
    if kind == "gradient":
        return abs(g)               # (F1)
    if kind == "magnitude":
        return abs(w)               # (F2)
    if kind == "taylor":
        return (w * g) * (w * g)    # (F3)
    if kind == "obd":
        return 0.5 * h * w * w      # (F4)
    return abs(w * g)               # (F5)


class Gradients(NamedTuple):
    """What `mean_gradients` finds: {parameter name: array} twice."""

    mean: dict  # g
    square: dict  # h (F7)


def score_weights(model, kind, batches=None, targets=ALL_LINEAR):
    """{parameter name: scores of W's shape} of the linear layers that `targets` names; all those of the blocks, if none are.

    kind: a name in SCORES. batches: as for `mean_gradients`; "magnitude" needs none. targets: as for `inject`.
    ValueError for another kind, a target that matches nothing, or as of `mean_gradients`.
    """
    if kind not in SCORES:
        more = "; movement adds up while training: see Movement" if kind == "movement" else ""
        raise ValueError(f"kind must be one of {', '.join(SCORES)}, got {kind!r}{more}")
    parameters = matrices(model, targets)
    g = h = dict.fromkeys(parameters)
    if kind != "magnitude":
        g, h = mean_gradients(model, batches, targets)
    return {name: score(kind, p.data, g[name], h[name]) for name, p in parameters.items()}


def mean_gradients(model, batches, targets=ALL_LINEAR):
    """The gradients of model.loss on each of `batches`, in evaluation mode: their mean and mean square, as `Gradients`.

    batches: a list of tuples for model.loss, each of the same weight. The model's gradients are zero afterwards.
    ValueError if it is empty or no list, or if a matrix of `targets` is frozen.
    """
    if not isinstance(batches, (list, tuple)) or not batches:
        raise ValueError(f"batches must be a list of tuples for model.loss, at least one, got {_called(batches)}")
    parameters = _trainable(model, targets)
    mean, square = _zeros(parameters), _zeros(parameters)
    was_training = model.training
    model.eval()
    for batch in batches:
        model.zero_grad()
        model.loss(*batch)
        model.backward()
        for name, p in parameters.items():
            mean[name], square[name] = with_batch(mean[name], square[name], p.grad, len(batches))
    model.zero_grad()
    if was_training:
        model.train()
    return Gradients(mean, square)


def with_batch(mean, square, g_b, n):
    """(g, h) with one batch more: new arrays, of the shape of g_b. n: how many batches there are in all.

    mean, square: what those before have added up to, zeros at the first.
    """
    g = mean + g_b / n
    h = square + g_b * g_b / n  # (F7)
    return g, h


def with_step(s, w, before, after):
    """Movement's scores with one backward more: a new array. before, after: w's gradient; a backward adds to what is there."""
    s = s - w * (after - before)  # (F6)
    return s


class Movement(Wrapped):
    """A model that adds up `scores` (F6), {parameter name: array}, while it is trained: Trainer(Movement(model), ...).

    A weight that the loss pushes away from zero gains, one that is pushed towards zero loses. Every backward counts, with the
    gradient as it is before clipping. Sanh et al. hide the low weights from the forward pass while the scores add up; here the
    model trains whole. The scores are not part of a checkpoint: a resumed run starts them anew.
    ValueError if a matrix of `targets` is frozen.
    """

    def __init__(self, model, targets=ALL_LINEAR):
        super().__init__(model)
        self.scored = _trainable(model, targets)
        self.scores = _zeros(self.scored)

    def backward(self):
        """The model's, then the scores."""
        before = {name: p.grad.copy() for name, p in self.scored.items()}
        self.model.backward()
        for name, p in self.scored.items():
            self.scores[name] = with_step(self.scores[name], p.data, before[name], p.grad)


def matrices(model, targets=ALL_LINEAR):
    """{parameter name: Parameter}: W of each linear layer that `targets` names. ValueError for a target that matches nothing."""
    return {layer.W.name: layer.W for layer in match(model, targets).values()}


def _trainable(model, targets):
    parameters = matrices(model, targets)
    for name, p in parameters.items():
        if not p.trainable:
            raise ValueError(f"{name} is frozen, so it has no gradient to score by: unfreeze it, or score by 'magnitude'")
    return parameters


def _zeros(parameters):
    return {name: backend.get_array_module(p.data).zeros_like(p.data) for name, p in parameters.items()}


def _called(batches):
    if isinstance(batches, (list, tuple)) or batches is None:
        return repr(batches)
    return f"a {type(batches).__name__}: pass list(itertools.islice(batches, 16))"
