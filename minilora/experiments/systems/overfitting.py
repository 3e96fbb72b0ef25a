"""Little text, many steps: article B's remedies against over-fitting, one at a time.

    none              full tuning, every value
    augmentation      a share of the inputs' characters replaced by others of the batch
    l1, l2            lam sum |W| and lam/2 sum W^2 of every matrix are added to the loss; their gradient goes through Adam
    early-stopping    judged 20 times on the validation part, ended after 3 times in vain; the best of the parameters judged
    dropout           in the embeddings, the attention and the blocks
    lora              LoRA of rank 8 in place of full tuning, at LoRA's rate

Twelve pieces of the little text are learned from, the same in every case, and four are the validation part. A remedy with a
strength gets the best of three by the loss there. Adam without weight decay, so that "none" is none.
"""

import math

from minilora import backend
from minilora.adapters import LoRA, inject
from minilora.data import LanguageBatches, ReplacedCharacters, evaluation_windows
from minilora.experiments.runs import held_out_loss
from minilora.experiments.systems.arena import Arena
from minilora.experiments.systems.choice import best_of
from minilora.experiments.systems.little_text import little_text
from minilora.experiments.systems.study import Study
from minilora.experiments.systems.transfer import rebuilt
from minilora.ops import registry
from minilora.training import Adam, Trainer, warmup_cosine

PIECES, VALIDATION = 12, 4
STEPS, QUICK_STEPS = 200, 4
EVALUATIONS, PATIENCE = 20, 3
FULL_RATE, LORA_RATE, LORA_RANK = 1e-3, 5e-3, 8
STRENGTHS = {
    "none": (0,),
    "augmentation": (0.1, 0.2, 0.4),
    "l1": (1e-4, 1e-3, 1e-2),
    "l2": (1e-2, 1e-1, 1.0),
    "early-stopping": (PATIENCE,),
    "dropout": (0.05, 0.1, 0.2),
    "lora": (LORA_RANK,),
}


def overfitting(folder, seed, case, quick):
    """Loss on what was held out of the target and on the text learned from, and the strength. case: the remedy."""
    arena = Arena(folder)
    pieces = little_text(arena, seed, PIECES + VALIDATION)
    learning = pieces[:PIECES].ravel()
    learned, validation = (evaluation_windows(ids, arena.setting.block_size) for ids in (learning, pieces[PIECES:].ravel()))

    def train(strength):
        steps = QUICK_STEPS if quick else STEPS
        return tuned(arena, learning, case, strength, steps, seed, validation)

    strength, model = best_of(STRENGTHS[case], train, lambda model: held_out_loss(model, validation))
    losses = {"loss": arena.held_out["target"], "train_loss": learned}
    return {name: held_out_loss(model, windows) for name, windows in losses.items()} | {"strength": strength}


def tuned(arena, ids, case, strength, steps, seed, validation):
    """The base after these steps on these ids with one remedy."""
    model, batches = arena.model(), LanguageBatches(ids, arena.setting.block_size, arena.setting.batch_size, seed)
    learner, how = model, {}
    if case == "augmentation":
        batches = ReplacedCharacters(batches, strength, seed + 1)
    elif case == "dropout":
        model = learner = rebuilt(model, seed, dropout=strength)
    elif case == "lora":
        inject(model, LoRA(r=strength, alpha=2 * strength), rng=seed)
    elif case == "early-stopping":
        how = {"evaluate": Best(validation), "evaluate_every": max(1, steps // EVALUATIONS), "patience": strength}
    elif case != "none":
        learner = Penalised(model, registry[f"{case}_penalty"], strength)
    optimizer = Adam(model.parameters(), lr=LORA_RATE if case == "lora" else FULL_RATE)
    schedule = warmup_cosine(max(1, steps // 20), steps)
    Trainer(learner, optimizer, batches, schedule, clip=1.0, progress=False, **how).run(steps)
    if case == "early-stopping":
        how["evaluate"].restore(model)
    return model


class Penalised:
    """A model whose loss has penalty(W, lam) of every matrix added. penalty: an op of the registry that takes W and lam."""

    def __init__(self, model, penalty, lam):
        self.model, self.penalty, self.lam = model, penalty, lam
        self.matrices = [p for p in model.parameters() if p.decay]
        self.named_parameters, self.zero_grad = model.named_parameters, model.zero_grad
        self.train, self.eval = model.train, model.eval

    def loss(self, *batch):
        """The model's loss and the penalties, a Python float."""
        costs, self.caches = zip(*(self.penalty.forward(p.data, self.lam) for p in self.matrices), strict=True)
        return self.model.loss(*batch) + sum(map(backend.item, costs))

    def backward(self):
        """Add the gradients of both."""
        self.model.backward()
        for p, cache in zip(self.matrices, self.caches, strict=True):
            p.accumulate(*self.penalty.backward(1.0, cache))


class Best:
    """Judges a model for a Trainer, and remembers the values of the best that it saw."""

    def __init__(self, windows):
        self.windows, self.loss, self.values = windows, math.inf, None

    def __call__(self, model):
        loss = held_out_loss(model, self.windows)
        if loss < self.loss:
            self.loss, self.values = loss, [p.data.copy() for p in model.parameters()]
        return {"validation": loss}

    def restore(self, model):
        """Give the model the values of the best."""
        for p, value in zip(model.parameters(), self.values, strict=True):
            p.data = value


CONTESTANTS = ()
STUDIES = (Study("overfitting", "Remedies against over-fitting: little text, many steps", "B", overfitting, tuple(STRENGTHS)),)
