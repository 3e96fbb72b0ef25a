"""It rises from step 0 on too. Before the first restart the curve's own warm-up is at work, and two would multiply.

fails at: rise (schedules:F5)
cause: a warm-up too many
"""

def restart_rise(step, restart, restart_warmup):
    t = step % restart + 1
    rise = t / restart_warmup if t < restart_warmup else 1.0            # (F5)
    return rise
