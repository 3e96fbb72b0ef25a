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


def step_decay_factor(step, every, factor):
    """What lr is multiplied by at a step, counted from 0, if `factor` multiplies it anew after every `every` steps."""
    f = factor ** (step // every)                           # (F1)
    return f
