"""It never comes back into the ball.

fails at: r (attacks:M3)
cause: no projection
"""

from minilora.experiments.systems.attacks import along


def climb(r, g, step, delta):
    return r + along(g, step)  # (M3)
