"""Each example is put onto the sphere, also one that is still inside.

fails at: r (attacks:M3)
cause: the sphere for the ball
"""

from minilora.experiments.systems.attacks import along


def climb(r, g, step, delta):
    return along(r + along(g, step), delta)  # (M3)
