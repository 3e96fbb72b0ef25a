"""Steps are counted from the first restart on and never anew: every later restart is without a warm-up.

fails at: rise (schedules:F5)
cause: not periodic
"""

def restart_rise(step, restart, restart_warmup):
    t = step - restart + 1
    rise = t / restart_warmup if step >= restart and t < restart_warmup else 1.0            # (F5)
    return rise
