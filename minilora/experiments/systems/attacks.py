"""Attacks: a small move of each input vector, or embedding, that makes a model's loss large.

    x: (N, ...), what is moved, one row for each example   g = dL/dx   norm: over all of an example   delta: how far

    random  (M1)  r = delta u / norm(u),  u normal                   (M2) with u in the place of g
    FGM     (M2)  r = delta g / norm(g)                              Miyato, Dai & Goodfellow 2017, arXiv 1605.07725
    PGD     (M3)  r = P(r + step g(x + r) / norm(g)),  some times    Madry et al. 2018, arXiv 1706.06083
            (M5)  P(r) = r min(1, delta / norm(r)),  so that no example moves further than delta

    of a text of T tokens (M4)  delta = eps sqrt(T) mean norm of an embedding

so that by M4 a token moves by about the share eps of an embedding's length, whatever the model and the text.
"""

import math

from minilora import backend

EPS = 0.02
PGD_STEPS = 5


def input_gradient(model, x, targets):
    """L, dL/dx, and [(Parameter, its gradient)]. What stood in the parameters' gradients stands there again."""
    learning = [p for p in model.parameters() if p.trainable]
    before = [p.grad.copy() for p in learning]
    model.zero_grad()
    L = model.loss(x, targets)
    dx = model.backward()
    own = [(p, p.grad.copy()) for p in learning]
    for p, kept in zip(learning, before, strict=True):
        p.grad[...] = kept
    return L, dx, own


def random_move(model, x, targets, delta, rng=0):
    """A move in a random direction (M1)."""
    return along(backend.asarray(backend.as_generator(rng).standard_normal(x.shape), dtype=x.dtype), delta)


def fgm(model, x, targets, delta):
    """A move along the gradient (M2)."""
    return along(input_gradient(model, x, targets)[1], delta)


def along(g, delta):
    """r, of g's shape (N, ...): each example of g at the length delta, a number; one that is all zeros stays so."""
    xp = backend.get_array_module(g)
    length = xp.sqrt((g * g).sum(axis=tuple(range(1, g.ndim)), keepdims=True))
    return delta * (g / xp.maximum(length, 1e-30))  # (M2), of a normal g (M1)


def pgd(model, x, targets, delta):
    """Several shorter ones, each along the gradient where the last one led."""
    r = 0 * x
    for _ in range(PGD_STEPS):
        r = climb(r, input_gradient(model, x + r, targets)[1], 2 * delta / PGD_STEPS, delta)
    return r


def climb(r, g, step, delta):
    """r after a step of this length along g, the gradient at x + r, and back into the ball of radius delta where it left it."""
    return into_ball(r + along(g, step), delta)  # (M3)


def into_ball(r, delta):
    """P(r), of r's shape (N, ...): the nearest move to each example's that is no longer than delta, a number."""
    return r * backend.get_array_module(r).minimum(1, delta / norms(r))  # (M5)


ATTACKS = {"random": random_move, "fgm": fgm, "pgd": pgd}


def norms(x):
    """The length of each example, above 0, with as many axes as x."""
    xp = backend.get_array_module(x)
    return xp.maximum(xp.sqrt((x * x).sum(axis=tuple(range(1, x.ndim)), keepdims=True)), 1e-30)


def distance(model, T, eps):
    """delta for a text of T tokens (M4), a Python float."""
    table = model.embed.forward(backend.xp.arange(model.config.vocab_size))
    model.embed.drop_cache()
    return text_distance(table, T, eps)


def text_distance(table, T, eps):
    """delta for a text of T tokens, a Python float. table: (V, C), the embeddings. eps: of its length, what a token moves."""
    return eps * math.sqrt(T) * backend.item(norms(table).mean())  # (M4)


def robust_loss(model, windows, eps=EPS, attack=fgm):
    """Mean loss in nats a token of `evaluation_windows` whose embeddings are moved against the model; its mode stays."""
    was_training = model.training
    model.eval()
    total = 0.0
    for ids, targets in windows:
        x = model.embed.forward(backend.asarray(ids))
        model.embed.drop_cache()
        r = attack(model, x, targets, distance(model, ids.shape[1], eps))
        total += model.loss(x + r, targets) * len(ids)
    if was_training:
        model.train()
    return total / sum(len(ids) for ids, _ in windows)
