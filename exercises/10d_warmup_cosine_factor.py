"""Schedules: how the step size changes while training.

A schedule is a function of the step, counted from 0, that gives the factor by which the optimiser's `lr` is multiplied.

    step_decay     (F1)  f = factor^floor(step / every)       with every = 1 `exponential`; `constant` is 1 at every step
    warmup_cosine  (F2)  t = ...
                   (F3)  f = ...
                   (F4)  f = ...
                   so 1/warmup at the first step, 1 at the last of the warm-up, `floor` at the last of all and after
    jagged_cosine  f of warmup_cosine, times a short warm-up after each restart of ReLoRA, back up to the same curve,
                   (F5)  rise = min(1, t / restart_warmup)    from step `restart` on, with t = step mod restart + 1
                   Lialin et al. 2023, arXiv 2307.05695

Exercise 10d, lesson 10: Warm-up, then half a cosine.
Write warmup_cosine_factor. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 10d       tests this file
    minilora exercise hint 10d        one hint more, each time
"""

import math


def warmup_cosine_factor(step, warmup, total, floor=0.1):
    """The factor of `warmup_cosine(warmup, total, floor)` at a step, counted from 0; a Python float."""
    # (F2)  t =
    # (F3)  f =
    # (F4)  f =
    raise NotImplementedError("10d: write warmup_cosine_factor")
