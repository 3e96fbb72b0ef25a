"""ReLoRA: a high-rank change of W from a chain of low-rank ones (Lialin et al. 2023, arXiv 2307.05695).

    W: (out, in)   A: (r, in)   B: (out, r)   s: the LoRA scale

Every K steps
    (F1)  W = W + s B A                              for good
    (F2)  A = uniform in +-1/sqrt(in)
    (F3)  B = 0                                      so the model computes the same as before
    (F4)  keep = abs(m) is among the largest         by magnitude; or a random choice, or nothing
    (F5)  m = m keep                                 Adam's moments of A and B, at most places set to zero
    (F6)  v = v keep
and the rate is warmed up again: `schedules.jagged_cosine`.

One adapter changes W by at most rank r; after k restarts the change has rank up to (k + 1) r. Without (F5) and (F6) the moments
of the old factors would drive the new ones back into the old subspace. m and v are kept at the same places: an m that outlived
its v would make a step of any size. Where both are gone, the next step is longer than lr by (1 - beta1) / sqrt(1 - beta2), about
3, as the step count goes on: the warm-up is there for that.
"""

import math

from minilora.adapters.inject import adapters_of
from minilora.adapters.switch import refuse_merged
from minilora.backend import get_array_module
from minilora.training.optimizers import AdamW, require_count

PRUNING = ("magnitude", "random", "reset")


def restarted(W, delta, A, B, u):
    """W with the adapter's change for good, and the next A and B: new arrays.

    delta: s B A, of W's shape. u: of A's shape, independent numbers, uniform from 0 to 1, that stand for A's from low to high.
    """
    W = W + delta                                                                   # (F1)
    bound = 1 / math.sqrt(A.shape[1])
    A = 2 * bound * u - bound                                                       # (F2)
    B = get_array_module(B).zeros_like(B)                                           # (F3)
    return W, A, B


def pruned(m, v, prune, share, u=None):
    """m and v after a restart: new arrays, zero where they do not stay.

    prune: "magnitude" keeps this share of the places, rounded, at least one: where m is largest in absolute value; "random" those
    where u, of m's shape, independent and uniform from 0 to 1, is below share; "reset" none.
    """
    xp, size = get_array_module(m), abs(m)
    if prune == "magnitude":
        count = max(1, round(share * m.size))
        keep = size >= xp.sort(size.ravel())[-count]                                # (F4)
    else:
        keep = u < share if prune == "random" else xp.zeros(m.shape, dtype=bool)    # (F4)
    m = m * keep                                                                    # (F5)
    v = v * keep                                                                    # (F6)
    return m, v


class ReLoRAAdamW(AdamW):
    """AdamW that restarts the model's LoRA adapters after every `every` steps, (F1) to (F6).

    prune: which share `keep` (above 0, below 1) of the moments stays: "magnitude" where abs(m) is largest, "random" anywhere,
    "reset" none. options: AdamW's. The change of W is in the model itself, not in the adapter: save a checkpoint, or the model.
    Random numbers come from model.rng, which a checkpoint keeps. ValueError for a setting out of range, a model without an
    adapter that trains an A and a B and nothing else, or one in a layer whose W is shared, in 4 bits, or another adapter's too;
    RuntimeError for one that is merged or switched off. All this is asked again before each step that ends with a restart.
    """

    def __init__(self, model, lr, every, prune="magnitude", keep=0.1, **options):
        require_count("every", every)
        if prune not in PRUNING:
            raise ValueError(f"prune must be one of {', '.join(PRUNING)}, got {prune!r}")
        if not 0 < keep < 1:
            raise ValueError(f"keep must lie between 0 and 1, got {keep}; to keep nothing, prune='reset'")
        self.every, self.prune, self.keep = every, prune, keep
        self.model, self.rng = model, model.rng
        restartable(model)
        super().__init__(model.parameters(), lr, **options)

    def check(self):
        super().check()
        if (self.steps + 1) % self.every == 0:
            restartable(self.model)

    def after_sweep(self):
        if self.steps % self.every == 0:
            self.restart()

    def restart(self):
        """Merge each adapter into W for good, start it again, and prune its moments. Errors as of construction."""
        found = restartable(self.model)
        for layer, adapter in found:
            A = adapter.A.data
            W, A_next, B = restarted(layer.W.data, adapter.delta(), A, adapter.B.data, self.uniform(A))
            layer.W.data, adapter.A.data, adapter.B.data = W, A_next.astype(A.dtype), B
        factors = {id(p) for _, adapter in found for p in (adapter.A, adapter.B)}
        moments = (self.parameters.split(self.moments[name]) for name in ("m", "v"))
        for p, m, v in zip(self.parameters, *moments, strict=True):
            if id(p) in factors:
                u = self.uniform(m) if self.prune == "random" else None
                m[...], v[...] = pruned(m, v, self.prune, self.keep, u)

    def uniform(self, like):
        """Independent numbers from 0 to 1, in double precision, of the shape of `like`."""
        return self.xp.asarray(self.rng.random(like.shape))


def restartable(model):
    """(layer, adapter) for each adapter that learns. Errors, as of ReLoRAAdamW, if one of them cannot be restarted."""
    found = []
    for name, layer, key, adapter in adapters_of(model):
        trained = {leaf for leaf, p in adapter.named_parameters() if p.trainable}
        if not trained:
            continue
        if trained != {"A", "B"} or len(adapter.parameters()) > 2:
            leaves = ", ".join(leaf for leaf, _ in adapter.named_parameters())
            raise ValueError(f"relora restarts plain LoRA, A and B both trained; adapter {key!r} in {name} holds {leaves}")
        refuse_merged([(name, layer, key, adapter)], "a restart")
        if not adapter.enabled:
            raise RuntimeError(f"adapter {key!r} in {name} is switched off, and a restart would add it to W: enable it first")
        layer.refuse_merge(name)
        if sum(p is layer.W for _, other in model.named_layers() for _, p in other.children()) > 1:
            raise ValueError(f"{name}.W is another layer's too, which a restart would change: build the model with tied=False")
        if layer.original_W is not None:
            raise ValueError(f"{name}.W is changed by another adapter already: take that out, or unmerge it, before relora")
        found.append((layer, adapter))
    if not found:
        raise ValueError("the model has no adapter that trains A and B: call inject(model, LoRA(...), ...) first")
    return found
