"""Weights rounded to 8 or 4 bits, with an eye on what goes through them.

    W: (out, in)   X: (..., in), inputs that the layer has seen   Q: absmax, there and back, one scale a row unless told otherwise

    absmax      (C1)  W_hat = Q(W)
    percentile  (C2)  W_hat = Q(clip(W, -c, c))             c: `share` of all |w| are at most c
    activation  (C3)  W_hat = Q(W diag(s)) diag(1 / s)      s_j = (mean |x_j|)^a, of a = 0, .05, ..., 1 the best by (C5)

    (C4)  weight error = norm_F(W - W_hat) / norm_F(W)
    (C5)  output error = norm_F(X W^T - X W_hat^T) / norm_F(X W^T)

One large weight makes every step of its row coarse: (C2) gives up the few largest for the sake of the others. (C3) is AWQ's
(Lin et al. 2023, arXiv 2306.00978): a column multiplied by s before rounding and divided after is rounded s times finer, unless
that makes the scale of its row grow; the columns that deserve it are those with large inputs. Its a = 0 is (C1), so by (C5), on
the X that it was chosen on, it is never worse.
"""

import math
from typing import NamedTuple

from minilora import backend
from minilora.adapters.inject import ALL_LINEAR, match
from minilora.nn.quantized import QuantizedParameter
from minilora.nn.recording import recorded
from minilora.ops.form import rows
from minilora.quantize import dequantize_absmax, quantize_absmax

METHODS = ("absmax", "percentile", "activation")
EXPONENTS = [i / 20 for i in range(1, 21)]  # of (C3); 0 is (C1)


class Calibrated(NamedTuple):
    """W_hat, of W's shape and dtype, and its errors relative to W (C4) and to X W^T (C5; None without X)."""

    W_hat: object
    weight_error: float
    output_error: float | None


def calibrate(W, bits, X=None, method="absmax", block="row", share=0.999):
    """W (out, in) rounded to 8 or 4 bits by a method of METHODS.

    X: (..., in), what the errors are measured on; "activation" needs it. block: values to a scale along a row, "row" or
    "whole". share: for "percentile", in (0, 1]. ValueError for an argument that is none of these, or an X that is all zeros.
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    if X is None and method == "activation":
        raise ValueError("method 'activation' needs X, inputs of the layer: give X, or take 'absmax' or 'percentile'")
    if not 0 < share <= 1:
        raise ValueError(f"share must be in (0, 1], got {share!r}")
    X = None if X is None else _admit(X, W)
    if method == "percentile":
        W_hat = _rounded(clipped(W, share), bits, block)  # (C2)
    elif method == "activation":
        W_hat = activation_aware(W, bits, X, block)
    else:
        W_hat = _rounded(W, bits, block)  # (C1)
    return Calibrated(W_hat, *errors(W, W_hat, X))


def quantize_model(model, bits, method="absmax", batches=(), block="row"):
    """Put W_hat in the place of the W of every linear layer in the blocks. Returns (rows, restore).

    rows: [{"name", "bits", "method", "weight_error", "output_error"}], one a layer. restore(): puts every W back, bit for bit.
    batches: each what model.loss takes; they are run before anything is changed, in evaluation mode, and every input of every
    layer is kept until all are calibrated, so a few will do. Without them there is no output error.
    The values are rounded, but stay in W's dtype: this shows what rounding costs. ValueError, with nothing changed, if a W is
    quantised already or holds an adapter's part.
    """
    layers = match(model, ALL_LINEAR)
    for name, layer in layers.items():
        if isinstance(layer.W, QuantizedParameter):
            raise ValueError(f"{name}.W is quantised already: call dequantize_linear on the layer first")
        if layer.original_W is not None:
            raise ValueError(f"adapters have put something into {name}.W: unmerge or remove them first")
    inputs = _inputs(model, layers, batches)
    found = {name: calibrate(layer.W.data, bits, inputs.get(name), method, block) for name, layer in layers.items()}
    kept = {name: layer.W.data.copy() for name, layer in layers.items()}

    def put(values):
        for name, layer in layers.items():
            layer.W.data = values[name]
            layer.drop_cache()

    put({name: calibrated.W_hat for name, calibrated in found.items()})
    table = [
        {"name": name, "bits": bits, "method": method, "weight_error": c.weight_error, "output_error": c.output_error}
        for name, c in found.items()
    ]
    return table, lambda: put(kept)


def _inputs(model, layers, batches):
    """{layer name: (rows, in)}; empty without batches."""
    seen = {}

    def note(name, layer, x, y):
        if name in layers:
            seen.setdefault(name, []).append(rows(x))

    was_training = model.training
    model.eval()
    try:
        with recorded(model, note):
            for batch in batches:
                model.loss(*batch)
    finally:
        model._set_mode(was_training)
    return {name: backend.get_array_module(*xs).concatenate(xs) for name, xs in seen.items()}


def _admit(X, W):
    """X as (rows, in)."""
    if X.shape[-1:] != W.shape[-1:]:
        raise ValueError(f"X must be inputs of W {tuple(W.shape)}, (..., {W.shape[-1]}), got shape {tuple(X.shape)}")
    largest = backend.item(backend.get_array_module(X).abs(X).max()) if X.size else 0
    if not 0 < largest < math.inf:
        raise ValueError("X is empty, all zeros or not finite, so it shows nothing of the layer: give inputs that it has seen")
    return rows(X).astype(W.dtype)


def _rounded(W, bits, block):
    return dequantize_absmax(quantize_absmax(W, bits, block))


def clipped(W, share):
    """W with its largest entries cut down to c, where `share` of all |w|, of (0, 1], are at most c (between two: linear)."""
    xp = backend.get_array_module(W)
    c = backend.item(xp.quantile(xp.abs(W), share))  # (C2)
    return xp.clip(W, -c, c)


def scaled(W, s, bits, block="row"):
    """W (out, in) rounded with its columns multiplied by s (in,), all > 0, and divided by it again."""
    W_hat = _rounded(W * s, bits, block) / s  # (C3)
    return W_hat


def errors(W, W_hat, X=None):
    """Two numbers: how far W_hat is from W, both (out, in), and the outputs of X (rows, in) with it from those with W (None
    without X), each relative to the size of what should be there."""
    weight_error = _ratio(W - W_hat, W)  # (C4)
    output_error = None if X is None else _ratio(X @ (W - W_hat).T, X @ W.T)  # (C5)
    return weight_error, output_error


def activation_aware(W, bits, X, block="row"):
    """W_hat (out, in) with that s, or none, that leaves the least output error on X (rows, in); of equal ones the least a.

    s comes from the mean absolute inputs; one that is always 0 counts as the smallest that is not.
    """
    xp = backend.get_array_module(W, X)
    m = xp.abs(X).mean(axis=0)
    m = xp.maximum(m, xp.where(m > 0, m, math.inf).min())
    best = _rounded(W, bits, block)  # (C1)
    least = errors(W, best, X)[1]
    for a in EXPONENTS:
        W_hat = scaled(W, m**a, bits, block)  # (C3)
        error = errors(W, W_hat, X)[1]
        if error < least:
            best, least = W_hat, error
    return best


def _ratio(error, whole):
    """norm_F(error) / norm_F(whole); no error of nothing is 0."""
    norm = backend.get_array_module(error).linalg.norm
    error, whole = backend.item(norm(error)), backend.item(norm(whole))
    return error / whole if whole else math.inf if error else 0.0
