"""t is counted from 0. Then the step of a restart has the rate 0 and changes nothing.

fails at: rise (schedules:F5)
cause: off by one
"""

def restart_rise(step, restart, restart_warmup):
    t = step % restart
    rise = t / restart_warmup if step >= restart and t < restart_warmup else 1.0            # (F5)
    return rise
