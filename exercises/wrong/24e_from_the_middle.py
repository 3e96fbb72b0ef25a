"""Every step starts from the middle: what was climbed before is lost.

fails at: r (attacks:M3)
cause: r left out
"""

from minilora.experiments.systems.attacks import along, into_ball


def climb(r, g, step, delta):
    return into_ball(along(g, step), delta)  # (M3)
