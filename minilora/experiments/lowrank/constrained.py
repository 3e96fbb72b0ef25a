"""The rank of the blocks' matrices brought down to r and held there, in two ways; the same base, text and number of steps.

    projected    W = W_r (truncation:S2), cut after every K-th step and at the end
    factorised   W = B A (truncation:S5), the factors of the base's W_r are trained
"""

from statistics import fmean

from minilora import lowrank
from minilora.adapters import ALL_LINEAR, inject
from minilora.compress import matrices
from minilora.data import LanguageBatches
from minilora.experiments.analysis import adapted_matrices
from minilora.experiments.pretrained import load_pretrained
from minilora.experiments.runs import count, held_out_loss
from minilora.experiments.systems.rank_constraint import Factorised, ProjectingAdamW
from minilora.training import AdamW, warmup_cosine


def hold(way, ids, windows, seed, rate, r=16, every=10, steps=32, batch_size=4, watch=None):
    """{"loss": held out, at rank r; "turned": how far; "values": how many are trained; "course": [(step, loss)]}.

    way: "projected" or "factorised". ids: the text to learn from; windows: of `evaluation_windows`. watch: windows whose loss
    stands in the course, after every step, and before and after each projection. Embeddings, norms and biases learn too.
    turned: the share of the column space of W_r that is not that of the base's W_r any more, the mean over the matrices; 0 to 1.
    """
    model = load_pretrained()[0].train()
    bounded = matrices(model)
    before = {name: p.data.copy() for name, p in bounded.items()}
    if way == "factorised":
        inject(model, Factorised(r=r), ALL_LINEAR, rng=seed)
        for name, p in model.named_parameters():
            if name not in bounded:  # W itself is gone
                p.trainable = True
        optimizer = AdamW(model.parameters(), lr=rate)
    else:
        optimizer = ProjectingAdamW(model.parameters(), rate, bounded.values(), r, steps + 1)  # cut below, where one can look
    course = []

    def look(step):
        if watch:
            course.append((step, held_out_loss(model, watch)))

    look(0)
    schedule = warmup_cosine(max(1, steps // 20), steps)
    batches = LanguageBatches(ids, model.config.block_size, batch_size, rng=seed)
    for step, batch in zip(range(1, steps + 1), batches, strict=False):
        optimizer.lr = rate * schedule(step - 1)
        model.zero_grad()
        model.loss(*batch)
        model.backward()
        optimizer.step()
        look(step)
        if way == "projected" and (step % every == 0 or step == steps):
            optimizer.project()
            look(step)
    values, loss = count(model, trainable_only=True), held_out_loss(model, windows)
    after = adapted_matrices(model)
    turned = 1 - fmean(lowrank.subspace_similarity(W.T, after[name.removesuffix(".W")].T, r, r) for name, W in before.items())
    return {"loss": loss, "turned": turned, "values": values, "course": course}


def cut_loss(windows, r=16):
    """The held-out loss of the base with every matrix of its blocks cut to rank r, and nothing trained."""
    model = load_pretrained()[0]
    for p in matrices(model).values():
        p.data = lowrank.truncate(p.data, r)
    return held_out_loss(model, windows)
