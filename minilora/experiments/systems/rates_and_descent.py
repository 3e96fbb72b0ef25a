"""How the rate should fall, and by which rule to descend: LoRA on the target, each way at the best of three rates.

    schedules    constant; step, exponential and cosine, each of which ends at a tenth of the rate; AdamW
    descent      gd        p = p - lr g, with the same batch at every step, so the gradient of one fixed function
                 sgd       the same rule, another batch at every step
                 momentum  m = 0.9 m + g, p = p - lr m
                 adam      Adam
                 all with the arena's warm-up and cosine; true gradient descent would take the whole text at every step

Rates are a factor of 3 apart and chosen on "target.trial". All gradients are clipped to the norm 1, as everywhere in the arena.
"""

from itertools import repeat

from minilora.adapters import LoRA, inject
from minilora.experiments.runs import held_out_loss
from minilora.experiments.systems.arena import Arena
from minilora.experiments.systems.choice import best_of
from minilora.experiments.systems.study import Study
from minilora.training import SGD, Adam, AdamW, constant, exponential, step_decay, warmup_cosine

SHARE, QUICK_SHARE = 0.5, 0.25  # of the arena's steps
APART = 3.0
LAST = 0.1  # what is left of the rate in the end, where it falls
LORA_RATE = 1e-2
SCHEDULES = {
    "constant": lambda steps: constant(),
    "step": lambda steps: step_decay(max(1, steps // 4), LAST ** (1 / 3)),  # three falls
    "exponential": lambda steps: exponential(LAST ** (1 / steps)),
    "cosine": lambda steps: warmup_cosine(0, steps, floor=LAST),
}
RULES = {  # optimiser, and the rate in the middle of the three
    "gd": (SGD, 0.1),
    "sgd": (SGD, 1.5),
    "momentum": (lambda parameters, lr: SGD(parameters, lr, momentum=0.9), 0.3),
    "adam": (Adam, LORA_RATE),
}


def decay(folder, seed, case, quick):
    """Loss on what was held out, and the rate that was chosen. case: the schedule."""
    return at_best_rate(folder, seed, quick, AdamW, LORA_RATE, schedule=SCHEDULES[case])


def descent(folder, seed, case, quick):
    """Loss on what was held out, and the rate that was chosen. case: the rule."""
    rule, centre = RULES[case]
    return at_best_rate(folder, seed, quick, rule, centre, same_batch=case == "gd")


def at_best_rate(folder, seed, quick, rule, centre, schedule=None, same_batch=False):
    """{"loss", "rate"} of the best of centre / 3, centre and 3 centre. rule(parameters, lr=) -> optimiser."""
    arena = Arena(folder)
    rank, steps = arena.setting.rank, max(1, round(arena.setting.steps * (QUICK_SHARE if quick else SHARE)))

    def train(rate):
        model, batches = arena.model(), arena.batches(seed)
        inject(model, LoRA(r=rank, alpha=2 * rank), rng=seed)
        optimizer = rule(model.parameters(), lr=rate)
        batches = repeat(next(batches)) if same_batch else batches
        arena.train(model, optimizer, seed, steps, schedule and schedule(steps), batches)
        return model

    rates = (centre / APART, centre, centre * APART)
    rate, model = best_of(rates, train, lambda model: held_out_loss(model, arena.windows("target.trial")))
    return {"loss": held_out_loss(model, arena.held_out["target"]), "rate": rate}


CONTESTANTS = ()
STUDIES = (
    Study("decay", "LoRA with a rate that falls, at the best of three rates", "B", decay, tuple(SCHEDULES)),
    Study("descent", "LoRA by four rules of descent, at the best of three rates", "E", descent, tuple(RULES)),
)
