"""The line goes on rising behind the warm-up, above 1. It is to come back to the smooth curve and stay there.

fails at: rise (schedules:F5)
cause: no end
"""

def restart_rise(step, restart, restart_warmup):
    t = step % restart + 1
    rise = t / restart_warmup if step >= restart and restart_warmup else 1.0            # (F5)
    return rise
