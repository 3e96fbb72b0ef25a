"""What the Transformer takes at its door. Anything else is a ValueError of one line, before anything is computed."""

from minilora import backend


def admit_ids(ids, length_before, config, dtype):
    """Integers (N, T) in the vocabulary, or vectors (N, T, C), which come back in `dtype`. length_before: tokens read already."""
    ids, C = backend.asarray(ids), config.d_model
    floats = ids.dtype.kind == "f"
    form = ids.ndim == 3 and ids.shape[2] == C if floats else ids.ndim == 2 and ids.dtype.kind in "iu"
    if not form or len(ids) == 0:
        raise ValueError(f"ids must be integers (N, T) or floats (N, T, C={C}), got {ids.dtype} of shape {ids.shape}")
    length = ids.shape[1] + length_before
    if not 1 <= length <= config.block_size:
        raise ValueError(f"the sequence has {length} tokens, the block takes 1 to {config.block_size}: shorten the text")
    if floats:
        return backend.asarray(ids, dtype=dtype)
    _refuse_outside(ids, config.vocab_size, "token id", "the vocabulary")
    return ids


def admit_mask(mask, shape):
    """Booleans of this shape, (N, T); None passes. A mask of floats is refused: it may be one to add, where 0 is seen."""
    if mask is None:
        return None
    mask = backend.asarray(mask)
    if mask.dtype.kind not in "biu":
        raise ValueError(f"mask must be booleans, True where a token is real, or 0 and 1; got {mask.dtype}")
    if mask.shape != shape:
        raise ValueError(f"mask must have the shape {shape} of ids, got {mask.shape}")
    return backend.asarray(mask, dtype=bool)


def admit_token_types(token_types, shape, n_token_types):
    """Integers of this shape, (N, T), below n_token_types; None is all 0."""
    if token_types is None:
        return backend.xp.zeros(shape, dtype=int)
    if not n_token_types:
        raise ValueError("token_types were given, but the model has none: n_token_types is 0")
    token_types = backend.asarray(token_types)
    if token_types.shape != shape:
        raise ValueError(f"token_types must have the shape {shape} of ids, got {token_types.shape}")
    _refuse_outside(token_types, n_token_types, "token type", "those of the model")
    return token_types


def admit_targets(targets, logits_shape):
    """Integers of the logits' shape but for the last axis, each a class or -100."""
    targets = backend.asarray(targets)
    if targets.shape != logits_shape[:-1]:
        raise ValueError(f"targets must have the shape {logits_shape[:-1]}, got {targets.shape}")
    _refuse_outside(targets * (targets != -100), logits_shape[-1], "target", "the classes")
    return targets


def _refuse_outside(ids, size, name, where):
    if ids.dtype.kind not in "iu":
        raise ValueError(f"{name}s must be integers, got {ids.dtype}")
    low, high = backend.item(ids.min()), backend.item(ids.max())
    if low < 0 or high >= size:
        raise ValueError(f"{name} {low if low < 0 else high} is outside {where}, 0 to {size - 1}")
