"""The step is along g at g's own length, which says nothing of how far to go.

fails at: r (attacks:M3)
cause: a length left in
"""

from minilora.experiments.systems.attacks import into_ball


def climb(r, g, step, delta):
    return into_ball(r + step * g, delta)  # (M3)
