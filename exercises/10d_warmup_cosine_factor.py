"""Schedules: how the step size changes while training.

A schedule is a function of the step, counted from 0, that gives the factor by which the optimiser's `lr` is multiplied.

    constant       (F1)  f = 1
    step_decay     (F2)  f = factor^floor(step / every)
    exponential    (F3)  f = factor^step
    warmup_cosine  (F4)  t = ...
                   (F5)  f = ...
                   (F6)  f = ...
                   so 1/warmup at the first step, 1 at the last of the warm-up, `floor` at the last of all and after
    jagged_cosine  (F7)  f = f min(1, t' / restart_warmup)    from step `restart` on, with f of warmup_cosine and
                   t' = step mod restart + 1: a short warm-up after each restart of ReLoRA, back up to the same curve
                   Lialin et al. 2023, arXiv 2307.05695

Exercise 10d, lesson 10: warm-up, then half a cosine.
Write warmup_cosine_factor. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 10d       tests this file
    minilora exercise hint 10d        one hint more, each time
"""

import math


def warmup_cosine_factor(step, warmup, total, floor=0.1):
    """The factor of `warmup_cosine(warmup, total, floor)` at a step, counted from 0; a Python float."""
    # (F4)  t =
    # (F5)  f =
    # (F6)  f =
    raise NotImplementedError("10d: write warmup_cosine_factor")
