"""Schedules: how the step size changes while training.

A schedule is a function of the step, counted from 0, that gives the factor by which the optimiser's `lr` is multiplied.

    constant       (F1)  f = 1
    step_decay     (F2)  f = factor^floor(step / every)
    exponential    (F3)  f = factor^step
    warmup_cosine  (F4)  t = min(step + 1, total)
                   (F5)  f = t / warmup                                                                        for t <= warmup
                   (F6)  f = floor + (1 - floor) (1 + cos(pi (t - warmup) / (total - warmup))) / 2             then
                   so 1/warmup at the first step, 1 at the last of the warm-up, `floor` at the last of all and after
    jagged_cosine  (F7)  f = f min(1, t' / restart_warmup)    from step `restart` on, with f of warmup_cosine and
                   t' = step mod restart + 1: a short warm-up after each restart of ReLoRA, back up to the same curve
                   Lialin et al. 2023, arXiv 2307.05695
"""

import math


def constant():
    """The optimiser's own lr at every step."""
    return lambda step: 1.0                                 # (F1)


def step_decay(every, factor):
    """Multiply by `factor` (> 0) after every `every` (>= 1) steps."""
    _require("every", every, every >= 1, "at least 1")
    _require("factor", factor, factor > 0, "above 0")
    return lambda step: factor ** (step // every)           # (F2)


def exponential(factor):
    """Multiply by `factor` (> 0) after every step."""
    _require("factor", factor, factor > 0, "above 0")
    return lambda step: factor**step                        # (F3)


def warmup_cosine(warmup, total, floor=0.1):
    """Rise in a line for `warmup` steps, then fall along half a cosine to `floor` (0 to 1) at step `total`."""
    _require("total", total, total >= 1, "at least 1")
    _require("warmup", warmup, 0 <= warmup <= total, f"between 0 and total={total}")
    _require("floor", floor, 0 <= floor <= 1, "between 0 and 1")

    return lambda step: warmup_cosine_factor(step, warmup, total, floor)


def warmup_cosine_factor(step, warmup, total, floor=0.1):
    """The factor of `warmup_cosine(warmup, total, floor)` at a step, counted from 0; a Python float."""
    t = min(step + 1, total)                                # (F4)
    if t <= warmup:
        return t / warmup                                   # (F5)
    return floor + (1 - floor) * (1 + math.cos(math.pi * (t - warmup) / (total - warmup))) / 2      # (F6)


def jagged_cosine(warmup, total, restart, restart_warmup, floor=0.1):
    """`warmup_cosine(warmup, total, floor)`, which after every `restart` (>= 1) steps falls and rises in `restart_warmup` steps.

    restart: the same as ReLoRAAdamW's `every`. restart_warmup: between 0 (no fall) and restart.
    """
    _require("restart", restart, restart >= 1, "at least 1")
    _require("restart_warmup", restart_warmup, 0 <= restart_warmup <= restart, f"between 0 and restart={restart}")
    smooth = warmup_cosine(warmup, total, floor)

    def schedule(step):
        t = step % restart + 1
        rising = step >= restart and t < restart_warmup
        return smooth(step) * (t / restart_warmup if rising else 1.0)       # (F7)

    return schedule


def _require(name, value, good, wanted):
    if not good:
        raise ValueError(f"{name} must be {wanted}, got {value}")
