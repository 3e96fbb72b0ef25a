"""Schedules: how the step size changes while training.

A schedule is a function of the step, counted from 0, that gives the factor by which the optimiser's `lr` is multiplied.

    step_decay     (F1)  f = factor^floor(step / every)       with every = 1 `exponential`; `constant` is 1 at every step
    warmup_cosine  (F2)  t = min(step + 1, total)
                   (F3)  f = t / warmup                                                                        for t <= warmup
                   (F4)  f = floor + (1 - floor) (1 + cos(pi (t - warmup) / (total - warmup))) / 2             then
                   so 1/warmup at the first step, 1 at the last of the warm-up, `floor` at the last of all and after
    jagged_cosine  f of warmup_cosine, times a short warm-up after each restart of ReLoRA, back up to the same curve,
                   (F5)  rise = min(1, t / restart_warmup)    from step `restart` on, with t = step mod restart + 1
                   Lialin et al. 2023, arXiv 2307.05695
"""

import math


def constant():
    """The optimiser's own lr at every step."""
    return lambda step: 1.0


def step_decay(every, factor):
    """Multiply by `factor` (> 0) after every `every` (>= 1) steps."""
    _require("every", every, every >= 1, "at least 1")
    _require("factor", factor, factor > 0, "above 0")
    return lambda step: step_decay_factor(step, every, factor)


def step_decay_factor(step, every, factor):
    """What lr is multiplied by at a step, counted from 0, if `factor` multiplies it anew after every `every` steps."""
    f = factor ** (step // every)                           # (F1)
    return f


def exponential(factor):
    """Multiply by `factor` (> 0) after every step."""
    return step_decay(1, factor)


def warmup_cosine(warmup, total, floor=0.1):
    """Rise in a line for `warmup` steps, then fall along half a cosine to `floor` (0 to 1) at step `total`."""
    _require("total", total, total >= 1, "at least 1")
    _require("warmup", warmup, 0 <= warmup <= total, f"between 0 and total={total}")
    _require("floor", floor, 0 <= floor <= 1, "between 0 and 1")

    return lambda step: warmup_cosine_factor(step, warmup, total, floor)


def warmup_cosine_factor(step, warmup, total, floor=0.1):
    """The factor of `warmup_cosine(warmup, total, floor)` at a step, counted from 0; a Python float."""
    t = min(step + 1, total)                                # (F2)
    if t <= warmup:
        return t / warmup                                   # (F3)
    return floor + (1 - floor) * (1 + math.cos(math.pi * (t - warmup) / (total - warmup))) / 2      # (F4)


def jagged_cosine(warmup, total, restart, restart_warmup, floor=0.1):
    """`warmup_cosine(warmup, total, floor)`, which after every `restart` (>= 1) steps falls and rises in `restart_warmup` steps.

    restart: the same as ReLoRAAdamW's `every`. restart_warmup: between 0 (no fall) and restart.
    """
    _require("restart", restart, restart >= 1, "at least 1")
    _require("restart_warmup", restart_warmup, 0 <= restart_warmup <= restart, f"between 0 and restart={restart}")
    smooth = warmup_cosine(warmup, total, floor)
    return lambda step: smooth(step) * restart_rise(step, restart, restart_warmup)


def restart_rise(step, restart, restart_warmup):
    """What `jagged_cosine` multiplies its curve by at a step, counted from 0; a Python float.

    restart: steps from restart to restart, the first at step `restart`; before it the factor is 1. restart_warmup: how many
    steps are needed to be back at 1, the step of the restart counted; 0 for no warm-up.
    """
    t = step % restart + 1
    rising = step >= restart and t < restart_warmup
    rise = t / restart_warmup if rising else 1.0            # (F5)
    return rise


def _require(name, value, good, wanted):
    if not good:
        raise ValueError(f"{name} must be {wanted}, got {value}")
