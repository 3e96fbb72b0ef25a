"""Unstructured pruning: single weights set to zero, and kept there while the others go on learning.

    s: scores   w: weights   M: a mask of booleans, True where a weight stays   all of one shape

    by threshold  (F1)  M = s >= alpha                                  article A
    by budget     (F2)  M = s is among the top share of all scores      of the model, or of each matrix apart (per="matrix")
    what goes     (F3)  a = M a                                         a: the weights; dw after each backward

By F3 a pruned weight's gradient is zero, so the moments of a new optimiser are too, and weight decay of zero is zero: its step is
zero, bit for bit. The arrays keep their shapes and the model its size and speed; `shrink` in structured.py makes it smaller.
"""

from minilora import backend
from minilora.compress.scores import matrices
from minilora.compress.wrapped import Wrapped


def prune(model, scores, *, share=None, threshold=None, per="model"):
    """Set the weights with the low scores to zero. Returns the masks {parameter name: booleans}, True where a weight stays.

    scores: {parameter name: array}, as of `score_weights`; other parameters are left alone. Either share, from 0 to 1: how many
    of the weights stay, over the whole "model" or `per` "matrix" (rounded to whole weights; among equal scores the later stay).
    Or threshold, alpha: weights with a lower score go. ValueError, with nothing changed, for anything else.
    """
    if (share is None) == (threshold is None):
        raise ValueError(f"give share or threshold, one of them, got share={share} and threshold={threshold}")
    if per not in ("model", "matrix"):
        raise ValueError(f"per must be 'model' or 'matrix', got {per!r}")
    if share is not None and not 0 <= share <= 1:
        raise ValueError(f"share must be from 0 to 1, the part of the weights that stays, got {share}")
    parameters = _matching(model, scores, "scores")
    for name, s in scores.items():
        if not backend.item(backend.get_array_module(s).isfinite(s).all()):
            raise ValueError(f"scores of {name} hold NaN or infinity: look for where they came from")
    if per == "model" and share is not None:
        masks = dict(zip(scores, _top(list(scores.values()), share), strict=True))
    else:
        masks = {name: mask(s, share, threshold) for name, s in scores.items()}
    for name, p in parameters.items():
        p.data = cut(p.data, masks[name])
    return masks


def mask(s, share=None, threshold=None):
    """Booleans of the shape of s, True at the highest `share`, 0 .. 1, of all of s, rounded; of equal ones the later stay.

    Or where s is at least the threshold, if there is one.
    """
    if threshold is not None:
        return s >= threshold                                                               # (F1)
    xp = backend.get_array_module(s)
    M = xp.zeros(s.size, dtype=bool)
    M[xp.argsort(s.reshape(-1), kind="stable")[s.size - round(share * s.size) :]] = True    # (F2)
    return M.reshape(s.shape)


def cut(a, M):
    """a, and zeros where M, of its shape, is False, whatever stood there; a new array."""
    return backend.get_array_module(a).where(M, a, 0)                                       # (F3)


def _top(scores, share):
    """Masks of the highest `share` of all the scores together."""
    xp = backend.get_array_module(*scores)
    kept = mask(xp.concatenate([s.reshape(-1) for s in scores]), share)
    masks, start = [], 0
    for s in scores:
        masks.append(kept[start : start + s.size].reshape(s.shape))
        start += s.size
    return masks


class Masked(Wrapped):
    """A pruned model that stays pruned: Trainer(Masked(model, masks), AdamW(model.parameters(), ...), batches).

    masks: as `prune` returned them. Build the optimiser after pruning: the moments of an older one would go on moving what is
    gone. ValueError if a mask fits no parameter.
    """

    def __init__(self, model, masks):
        super().__init__(model)
        self.masks = masks
        self.pruned = _matching(model, masks, "masks")

    def loss(self, *batch):
        """The model's loss. RuntimeError if a pruned weight is no longer zero."""
        for name, p in self.pruned.items():
            if backend.item((p.data * ~self.masks[name]).any()):
                reason = "an optimizer built before pruning, or one whose step leaves the gradient's zeros, moved them"
                raise RuntimeError(f"pruned weights of {name} are no longer zero: {reason}; prune again and build a new one")
        return self.model.loss(*batch)

    def backward(self):
        """The model's, then the masks."""
        self.model.backward()
        for name, p in self.pruned.items():
            if p.trainable:
                p.grad[...] = cut(p.grad, self.masks[name])


def sparsity(model, parameters=None):
    """{parameter name: share of its weights that are zero}, from 0 to 1, and under "total" that of all of them together.

    parameters: {name: Parameter}; the matrices of the blocks unless told otherwise.
    """
    parameters = matrices(model) if parameters is None else parameters
    zeros = {name: backend.item((p.data == 0).sum()) for name, p in parameters.items()}
    shares = {name: zeros[name] / p.data.size for name, p in parameters.items()}
    return shares | {"total": sum(zeros.values()) / sum(p.data.size for p in parameters.values())}


def _matching(model, arrays, what):
    """{name: Parameter} for the names of `arrays`. ValueError if one is none of the model's or has another shape."""
    parameters = dict(model.named_parameters())
    if not arrays:
        raise ValueError(f"{what} are empty: give {{parameter name: array}}, at least one")
    for name, a in arrays.items():
        if name not in parameters:
            raise ValueError(f"{what} name {name!r}, which is no parameter of the model; it has {', '.join(parameters)}")
        if a.shape != parameters[name].data.shape:
            raise ValueError(f"{what} of {name} must have its shape {parameters[name].data.shape}, got {a.shape}")
    return {name: parameters[name] for name in arrays}
