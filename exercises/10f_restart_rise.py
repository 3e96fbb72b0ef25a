"""Schedules: how the step size changes while training.

A schedule is a function of the step, counted from 0, that gives the factor by which the optimiser's `lr` is multiplied.

    step_decay     (F1)  f = factor^floor(step / every)       with every = 1 `exponential`; `constant` is 1 at every step
    warmup_cosine  (F2)  t = min(step + 1, total)
                   (F3)  f = t / warmup                                                                        for t <= warmup
                   (F4)  f = floor + (1 - floor) (1 + cos(pi (t - warmup) / (total - warmup))) / 2             then
                   so 1/warmup at the first step, 1 at the last of the warm-up, `floor` at the last of all and after
    jagged_cosine  f of warmup_cosine, times a short warm-up after each restart of ReLoRA, back up to the same curve,
                   (F5)  rise = ...
                   Lialin et al. 2023, arXiv 2307.05695

Exercise 10f, lesson 10: A short warm-up after each restart.
Write restart_rise. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 10f       tests this file
    minilora exercise hint 10f        one hint more, each time
"""


def restart_rise(step, restart, restart_warmup):
    """What `jagged_cosine` multiplies its curve by at a step, counted from 0; a Python float.

    restart: steps from restart to restart, the first at step `restart`; before it the factor is 1. restart_warmup: how many
    steps are needed to be back at 1, the step of the restart counted; 0 for no warm-up.
    """
    # (F5)  rise =
    raise NotImplementedError("10f: write restart_rise")
