"""How much of a given change each shape of Delta W can hold: the best fit's share of its squared norm, in closed form.

    T: (out, in), the change wanted   T_hat: the nearest matrix of the shape   share = norm_F(T_hat)^2 / norm_F(T)^2
    W = U S V^T: the frozen matrix, where the shape is built on it

    LoRA-XS, SVFT   (R1)  share = sum of (U^T T V)^2 over the trained places / norm_F(T)^2
    LoKr            (R2)  share = sigma_1(T~)^2 / norm_F(T)^2
                    (R3)  T~[i c + j, k d + l] = T[i b + k, j d + l]                  for C: (a, c), D: (b, d)

LoRA-XS trains the first r rows and columns between U and V, SVFT a band. In (R1) Delta W is linear in what is trained, so that
T_hat is a projection of T. In (R2) every C kron D is a matrix of rank one in T~, whose best fit is Eckart and Young's (Van Loan
and Pitsianis 1993), as is that of rank r to T itself: by truncation:S3 its share is the first r sigma_i(T)^2 over them all.
"""

import numpy as np

from minilora import backend
from minilora.adapters import METHODS, LoRA, adapters_of, inject, match
from minilora.data import LanguageBatches
from minilora.experiments.pretrained import load_pretrained
from minilora.lowrank import singular_values, svd
from minilora.nn import Transformer, TransformerConfig
from minilora.training import Adam, Flora, GaLore, ReLoRAAdamW, Trainer, warmup_cosine

SMALL = {"adalora": {"r": 4}, "vera": {"r": 4}, "lora-xs": {"r": 4}, "svft": {"band": 1}, "loha": {"r": 4}, "lokr": {}}


def low_rank_share(T, r):
    """The share of rank r (LoRA, AdaLoRA): a float from 0 to 1."""
    energy = singular_values(T) ** 2
    return float(energy[:r].sum() / energy.sum())


def corner(k, r):
    """LoRA-XS's places: (k, k), true in the first r rows and columns."""
    return np.maximum.outer(np.arange(k), np.arange(k)) < r


def band(k, w):
    """SVFT's places: (k, k), true on the diagonal and on w more on each side."""
    return abs(np.subtract.outer(np.arange(k), np.arange(k))) <= w


def share_between(T, W, places):
    """The share of U M V^T with M free at `places`, booleans (k, k), and zero elsewhere: a float from 0 to 1."""
    U, _, Vt = svd(W)
    turned = U.T @ T @ Vt.T
    share = float((turned[places] ** 2).sum() / (T * T).sum())                      # (R1)
    return share


def lokr_share(T, a, c):
    """The share of C kron D: a float from 0 to 1. C: (a, c), divisors of out and in. D: (b, d), what is left of them."""
    n_out, n_in = T.shape
    b, d = n_out // a, n_in // c
    rearranged = T.reshape(a, b, c, d).transpose(0, 2, 1, 3).reshape(a * c, b * d)  # (R3)
    share = low_rank_share(rearranged, 1)                                           # (R2)
    return share


def changes_at_equal_numbers(rng):
    """{name: (trained values, Delta W)} for a W of 256 x 256, about 4,096 values in each shape, all random, as W is."""
    d, draw = 256, backend.as_generator(rng).standard_normal
    U, sigma, Vt = svd(draw((d, d)))
    M = np.where(band(d, 8), draw((d, d)), 0)
    return {
        "LoRA, r = 8": (16 * d, draw((d, 8)) @ draw((8, d))),
        "LoHa, r = 4": (16 * d, (draw((d, 4)) @ draw((4, d))) * (draw((d, 4)) @ draw((4, d)))),
        "LoRA-XS, r = 64": (64 * 64, U[:, :64] @ draw((64, 64)) @ (sigma[:64, None] * Vt[:64])),
        "SVFT, band 8": (np.count_nonzero(M), U @ M @ Vt),
        "LoKr, 4 x 4 and 64 x 64": (4 * 4 + 64 * 64, np.kron(draw((4, 4)), draw((64, 64)))),
        "VeRA, r = 3840": (3840 + d, draw((d, 1)) * draw((d, 3840)) @ (draw((3840, 1)) * draw((3840, d)))),
    }


def wanted_changes(ids, seeds, steps):
    """{kind: [(T, W), ...]} for the 128 x 128 matrices of the base, a pair for each matrix and seed.

    Kinds: the change that full tuning of the blocks' matrices on `ids` makes, with Adam; a random one; a Kronecker product.
    """
    found = {"full tuning's change": [], "a random matrix": [], "a Kronecker product": []}
    rng = np.random.default_rng(0)
    base = match(load_pretrained()[0], "attn.*")
    for seed in seeds:
        tuned, _ = load_pretrained()
        optimizer = Adam([layer.W for layer in match(tuned, "blocks.*").values()], lr=1e-3)
        batches = LanguageBatches(ids, 64, 8, seed)
        Trainer(tuned, optimizer, batches, warmup_cosine(5, steps), clip=1.0, progress=False).run(steps)
        for name, layer in match(tuned, "attn.*").items():
            W = base[name].W.data.astype("float64")
            product = np.kron(rng.standard_normal((4, 4)), rng.standard_normal((32, 32)))
            changes = (layer.W.data - W, rng.standard_normal((128, 128)), product)
            for pairs, T in zip(found.values(), changes, strict=True):
                pairs.append((T, W))
    return found


def ranks_by_step(method, ids, r, every, steps, target="blocks.1.attn.q"):
    """The rank of W's change after each step, for one matrix of the base. method: "LoRA", "ReLoRA", "GaLore" or "Flora"."""
    model, _ = load_pretrained("float64")
    layer = dict(model.named_layers())[target]
    for p in model.parameters():
        p.trainable = p is layer.W
    if method in ("LoRA", "ReLoRA"):
        inject(model, LoRA(r=r, alpha=2 * r), target, rng=0)
        optimizer = ReLoRAAdamW(model, 1e-2, every) if method == "ReLoRA" else Adam(model.parameters(), 1e-2)
    else:
        optimizer = {"GaLore": GaLore, "Flora": Flora}[method](model.parameters(), 1e-2, r, every)
    start, ranks = layer.W.data.copy(), []
    for _, batch in zip(range(steps), LanguageBatches(ids, 32, 4, 0), strict=False):
        model.zero_grad()
        model.loss(*batch)
        model.backward()
        optimizer.step()
        change = layer.W.data - start + sum(adapter.delta() for adapter in layer.adapters.values())
        ranks.append(int(np.linalg.matrix_rank(backend.asnumpy(change), tol=1e-8)))
    return ranks


def first_steps():
    """[(method, gradients at the start, gradients after a step of Adam, error)] in a small model, float64.

    The gradients in words, the largest of each trained array of the first adapter. error: how far what a path adds to its layer
    is from x Delta W^T, the largest over all layers.
    """
    config = TransformerConfig(vocab_size=17, block_size=8, n_layers=1, n_heads=2, d_model=24)
    batch = np.random.default_rng(0).integers(0, 17, (2, 4, 8))
    rows = []
    for method, options in SMALL.items():
        model = Transformer(config, rng=0, dtype="float64").eval()
        inject(model, METHODS[method](**options), "blocks.*", rng=0)
        first = _gradients(model, batch)
        Adam(model.parameters(), lr=0.1).step()
        second, error = _gradients(model, batch), 0.0
        for _, layer, _, adapter in adapters_of(model):
            n_out, n_in = layer.W.data.shape
            x = np.random.default_rng(1).standard_normal((5, n_in))
            y = adapter.forward(x, np.zeros((5, n_out)), layer)
            error = max(error, float(abs(y - x @ adapter.delta(layer.W.data).T).max()))
        rows.append((method, first, second, error))
    return rows


def _gradients(model, batch):
    model.zero_grad()
    model.loss(*batch)
    model.backward()
    *_, adapter = adapters_of(model)[0]
    return ", ".join(f"{leaf}: {abs(p.grad).max():.0e}" for leaf, p in adapter.named_parameters() if p.trainable)
