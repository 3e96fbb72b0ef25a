"""What AdaLoRA's importance is worth: triplets of a trained model are cut by one measure or another, and the loss taken again."""

from minilora import backend
from minilora.adapters import ALL_LINEAR, AdaLoRA, adapters_of, inject
from minilora.data import LanguageBatches
from minilora.experiments.pretrained import load_pretrained
from minilora.experiments.runs import held_out_loss
from minilora.training import AdaLoRAAdamW, Trainer, warmup_cosine
from minilora.training.adalora import masked


def trained(ids, seed, steps, r, r_target, lr=3e-2):
    """(model, optimiser): the base after learning `ids` with AdaLoRA in all matrices of its blocks."""
    model, _ = load_pretrained()
    inject(model, AdaLoRA(r=r, alpha=2 * r), ALL_LINEAR, rng=seed)
    optimizer = AdaLoRAAdamW(model, lr, r_target, t_init=steps // 5, t_final=7 * steps // 10, every=5, weight_decay=0.0)
    batches = LanguageBatches(ids, 64, 8, seed)
    Trainer(model, optimizer, batches, warmup_cosine(5, steps), clip=1.0, progress=False).run(steps)
    return model.eval(), optimizer


def measures(optimizer, rng):
    """{name: an array, one number a triplet}: what one might cut by, the smallest first.

    "importance": S of (F4). "size": s abs(lam_i) norm(P_i) norm(Q_i), the norm of the triplet's part of Delta W. "random".
    """
    xp = optimizer.xp
    adapters = optimizer.adapters
    lengths = [((a.P.data * a.P.data).sum(axis=0) * (a.Q.data * a.Q.data).sum(axis=1)) ** 0.5 for a in adapters]
    size = xp.concatenate([a.scale * abs(a.lam.data) * length for a, length in zip(adapters, lengths, strict=True)])
    return {"importance": optimizer.scores(), "size": size, "random": xp.asarray(rng.random(len(size)))}


def loss_after_cut(model, optimizer, measure, share, windows):
    """The loss with the `share` of triplets that a measure ranks lowest switched off; the model is as before afterwards."""
    xp, kept = optimizer.xp, [a.lam.data.copy() for a in optimizer.adapters]
    lam = masked(xp.concatenate(kept), measure, round((1 - share) * len(measure)))
    cuts = xp.cumsum(xp.asarray([0] + [len(part) for part in kept]))
    for a, start, stop in zip(optimizer.adapters, cuts, cuts[1:], strict=False):
        a.lam.data = lam[start:stop]
    loss = held_out_loss(model, windows)
    for a, part in zip(optimizer.adapters, kept, strict=True):
        a.lam.data = part
    return loss


def rises_after_cuts(model, optimizer, shares, windows, rng):
    """{measure: by how much the loss has risen after each share of cuts}. Besides: importance, the largest first."""
    found = measures(optimizer, backend.as_generator(rng))
    found["importance, the largest first"] = -found["importance"]
    uncut = held_out_loss(model, windows)
    return {
        name: [loss_after_cut(model, optimizer, measure, share, windows) - uncut for share in shares]
        for name, measure in found.items()
    }


def ranks(model):
    """{layer: how many of its triplets are not masked}."""
    return {name: int(backend.item((adapter.lam.data != 0).sum())) for name, _, _, adapter in adapters_of(model)}
