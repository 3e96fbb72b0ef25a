"""Text from a language model, a token at a time.

    z: logits of the next token, (N, V), likeliest first   R: what the model says   P: what is drawn from   j: the place, from 0

    temperature  (F1)  R    = softmax(z / temperature)
    top-k        (F2)  kept = j < top_k
    top-p        (F3)  kept = kept and  sum over i < j  R_i  < top_p          Holtzman et al. 2020: the nucleus
                 (F4)  P    = kept R / sum over j  kept R
    a draw       (F5)  j    = how many places have a cumulative P <= u        u uniform in [0, 1), times the sum of P: rounding
"""

from numbers import Integral

from minilora import backend
from minilora.nn.attention import KeyValues
from minilora.ops.softmax import softmax_forward


def generate(model, ids, max_new_tokens=64, temperature=1.0, top_k=None, top_p=None, rng=0, use_cache=True, stop=()):
    """ids (N, T), continued to (N, T + max_new_tokens); an array on the host.

    stop: ids that end a row, which then repeats the one that ended it; where all rows end early, the result is that much shorter.
    The other arguments, and errors, as of `stream`.
    """
    new = stream(model, ids, max_new_tokens, temperature, top_k, top_p, rng, use_cache, stop)
    ids = backend.asnumpy(backend.asarray(ids))
    xp = backend.get_array_module(ids)
    return xp.concatenate([ids, *(chosen[:, None] for chosen in new)], axis=1)


def stream(model, ids, max_new_tokens=64, temperature=1.0, top_k=None, top_p=None, rng=0, use_cache=True, stop=()):
    """An iterator of the tokens that follow ids (N, T): (N,) at a time, on the host, each as soon as it is drawn.

    model: a language model. temperature: 0 takes the most likely token, 1 samples from the model. top_k: only the k likeliest (at
    least 1). top_p: only the smallest set of likeliest tokens whose probability reaches p, in (0, 1]. rng: int or NumPy
    Generator. The keys and values of earlier tokens are kept (use_cache), so that a step costs one token; past the block, the
    last block_size tokens are read anew each time, as all are where tokens see later ones (causal=False). stop: ids that end a
    row, which then repeats the one that ended it; the iterator ends when all rows have. The model is in evaluation mode until the
    iterator ends or is closed, then in the mode it was in. ValueError, at the call, for a setting out of range.
    """
    _refuse(temperature, top_k, top_p, max_new_tokens)
    rng = backend.as_generator(rng)
    ids = backend.asarray(ids)
    if ids.ndim != 2 or ids.dtype.kind not in "iu":
        raise ValueError(f"ids must be integers (N, T), got {ids.dtype} of shape {ids.shape}")
    if model.config.n_classes:
        raise ValueError(f"generate needs a language model, this one is a classifier: n_classes is {model.config.n_classes}")
    if wrong := [i for i in stop if not isinstance(i, Integral) or not 0 <= i < model.config.vocab_size]:
        raise ValueError(f"stop must be ids from 0 to {model.config.vocab_size - 1}, got {wrong[0]!r}")
    return _drawn_tokens(model, ids, max_new_tokens, (temperature, top_k, top_p, rng), use_cache and model.config.causal, stop)


def _drawn_tokens(model, ids, max_new_tokens, how, use_cache, stop):
    xp, was_training = backend.get_array_module(ids), model.training
    model.eval()
    try:
        past, ended = None, xp.zeros(len(ids), dtype=bool)
        for _ in range(max_new_tokens):
            logits, past = _next_logits(model, ids, past, use_cache)
            chosen = xp.where(ended, ids[:, -1], _choose(logits, *how))
            ids = xp.concatenate([ids, chosen[:, None]], axis=1)
            yield backend.asnumpy(chosen)
            for i in stop:
                ended = ended | (chosen == i)
            if backend.item(ended.all()):
                return
    finally:
        if was_training:
            model.train()


def _next_logits(model, ids, past, use_cache):
    """Logits (N, V) of the token after ids, and the keys and values to go on from (None if they cannot be used)."""
    T, block_size = ids.shape[1], model.config.block_size
    if not use_cache or T > block_size:
        ids, past = ids[:, -block_size:], None
    elif past is None:
        past = [KeyValues(block_size) for _ in model.blocks]
    features = model.features(ids[:, past[0].length if past else 0 :], past=past)
    return model.head.forward(features[:, -1:])[:, -1], past


def candidates(logits, temperature=1.0, top_k=None, top_p=None):
    """(tokens, P), both (N, V): the ids of all tokens, likeliest first, and with which probability each is taken.

    logits: (N, V). temperature: above 0. P is float64; its rows sum to 1, and it is 0 for a token that is cut off.
    """
    xp = backend.get_array_module(logits)
    logits = logits.astype("float64") / temperature
    tokens = xp.argsort(-logits, axis=-1)                                   # likeliest first
    R, _ = softmax_forward(xp.take_along_axis(logits, tokens, axis=-1))     # (F1)
    kept = xp.ones(R.shape, dtype=bool)
    if top_k is not None:
        kept = kept & (xp.arange(R.shape[-1]) < top_k)                      # (F2)
    if top_p is not None:
        kept = kept & (xp.cumsum(R, axis=-1) - R < top_p)                   # (F3): what all likelier ones have together
    P = kept * R
    P = P / P.sum(axis=-1, keepdims=True)                                   # (F4)
    return tokens, P


def drawn(P, u):
    """The places (N,) that u (N, 1), uniform in [0, 1), draws from the rows of P (N, V).

    By rounding a row may sum to a little less or more than 1: u is then a share of that sum.
    """
    cumulative = backend.get_array_module(P).cumsum(P, axis=-1)
    j = (cumulative <= u * cumulative[:, -1:]).sum(axis=-1)                 # (F5)
    return j


def _choose(logits, temperature, top_k, top_p, rng):
    """One token id a row, (N,)."""
    if temperature == 0:
        return logits.argmax(axis=-1)
    tokens, P = candidates(logits, temperature, top_k, top_p)
    j = drawn(P, backend.asarray(rng.random((len(P), 1))))
    return backend.get_array_module(P).take_along_axis(tokens, j[:, None], axis=-1)[:, 0]


def _refuse(temperature, top_k, top_p, max_new_tokens):
    if not temperature >= 0:  # NaN too
        raise ValueError(f"temperature must be 0 or more, got {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be at least 1, got {top_k}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p must be in (0, 1], got {top_p}")
    if not isinstance(max_new_tokens, Integral) or max_new_tokens < 0:
        raise ValueError(f"max_new_tokens must be an integer of at least 0, got {max_new_tokens!r}")
