"""Derivatives along random directions: a gradient of any size checked in a few forwards, with a known chance to miss an error.

A gradient g is compared in k directions v of standard normal entries: <g, v> against the numeric slope of t -> f(W + t v) at t
= 0. Let e be the error of g. The check of one direction passes where

    |<e, v>| <= rtol max(|<g, v>|, |<g + e, v>|),    to first order in rtol:    |<e, v>| <= rtol |<g, v>|

<e, v> and <g, v> are normal with mean 0 and standard deviations ||e|| and ||g||, and with the correlation rho = cos(e, g). For
c = rtol ||g|| / ||e|| < 1 the ratio of two such numbers is Cauchy, and

    P(pass) = arctan(2 c sqrt(1 - rho^2) / (1 - c^2)) / pi  <=  (2 / pi) arctan(c)  <  0.637 rtol / delta,    delta = ||e|| /
    ||g||

The directions are independent, so all k pass with probability at most (0.64 rtol / delta)^k. The last digit is rounded up: it
covers the verdict's floor of 1e-3 max|n|, which helps a direction to pass that happens to be small beside the others.
"""

import numpy as np

from minilora.gradcheck.finding import Cause
from minilora.gradcheck.layers.values import write
from minilora.gradcheck.numeric import differentiate
from minilora.gradcheck.returned import read_gradient
from minilora.gradcheck.verdict import judge


def miss_probability(delta, k, rtol):
    """At most how likely k directions all pass although the gradient is off by `delta`, its error's norm over its own norm."""
    return min(1.0, 0.64 * rtol / delta) ** k


def draw_directions(rng, k, shape):
    """(k, *shape), standard normal."""
    return rng.standard_normal((k, *shape))


def project(gradient, directions):
    """(k,): the inner product of a gradient with each direction."""
    return np.array([np.vdot(gradient, v) for v in directions])


def wrong_along(name, value, gradient, y_with, y, dy, rtol, rng, k=1):
    """Whether a gradient is certainly wrong along one of k random directions.

    y_with(name, array) returns y with the whole value replaced; y is the output at the value itself, dy the cotangent.
    """
    directions = draw_directions(rng, k, value.shape)
    t = np.zeros(k)
    expected = project(gradient, directions)
    numeric = differentiate(lambda i, t: y_with(name, value + t * directions[i]), t, y, dy, expected=expected)
    _, findings = judge(name, t, expected, numeric, rtol, excuse="nothing to see")
    return any(finding.cause is Cause.WRONG for finding in findings)


class Directions:
    """What a check moves: each parameter, {name: array}, along k random directions, against its gradient's inner products."""

    def __init__(self, values, gradients, k, rng, rtol):
        self.whole = values
        self.seeds = dict(zip(values, rng.integers(2**63, size=len(values)), strict=True))
        self.latest = None, None  # the name whose directions are kept, for all of them would take k times the model's memory
        self.k = k
        self.values, self.gradients, self.findings = {}, {}, []
        for name, value in values.items():
            gradient, about_form = read_gradient(name, gradients[name], value.shape)
            self.findings += about_form
            self.values[name] = np.zeros(k)
            if gradient is not None and gradient.shape == value.shape:
                self.gradients[name] = project(gradient, self._of(name))
        chance = miss_probability(1e-3, k, rtol)
        self.notes = [
            f"not every entry was checked, but {k} random direction{'s' * (k > 1)} of each parameter: an error delta (its norm "
            f"over the gradient's) is missed with probability at most (0.64 rtol / delta)^{k}, {chance:.1g} for delta = 0.001"
        ]

    def moved(self, parameter, name, index, t, run):
        """run() while the parameter is moved by t along one direction."""
        try:
            write(parameter, self.whole[name] + t * self._of(name)[index])
            return run()
        finally:
            write(parameter, self.whole[name])

    def _of(self, name):
        if self.latest[0] != name:
            self.latest = name, draw_directions(np.random.default_rng(self.seeds[name]), self.k, self.whole[name].shape)
        return self.latest[1]
