"""The step is brought back into the ball, not the place where it leads: after a few of them r is outside.

fails at: r (attacks:M3)
cause: the ball around the wrong point
"""

from minilora.experiments.systems.attacks import along, into_ball


def climb(r, g, step, delta):
    return r + into_ball(along(g, step), delta)  # (M3)
