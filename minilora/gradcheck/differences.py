"""Slopes from values of f nearby, one formula each, and what their errors are made of.

    x, h, q: a point, a step, and the ratio q < 1 of a second, narrower step q h
    up, down: x + h and x - h as they came out after rounding      f, f_up, f_down: f there
    wide, narrow: central slopes with the steps h and q h          jump: slope to the right - slope to the left

    (D1)  forward   = (f_up - f) / (up - x)                 = f' + h f''/2 + O(h^2)
    (D2)  central   = (f_up - f_down) / (up - down)         = f' + h^2 f'''/6 + O(h^4)
    (D3)  value     = (narrow - q^2 wide) / (1 - q^2)       = f' + O(h^4)
    (D4)  corner    = (jump_narrow - q jump_wide) / (1 - q) = O(h^3) if f is smooth; at a kink the change of slope
    (D5)  best_step = (3 eps |f| / |f'''|)^(1/3)            where truncation and rounding of `central` together are least

Rounding errs by about eps |f| / h in a central slope: eps, relative, in each of two values, over 2h.
"""

EPS = 2.0**-52  # float64's distance from 1 to the next number; to round is to err by half of it at most


def forward_slope(f_up, f, up, x):
    """The slope to the right: one value more than f itself, but an error of first order."""
    forward = (f_up - f) / (up - x)                                 # (D1)
    return forward


def central_slope(f_up, f_down, up, down):
    """The slope between both sides, over the step really taken: of an even function's error, nothing is left."""
    central = (f_up - f_down) / (up - down)                         # (D2)
    return central


def richardson(wide, narrow, q):
    """Of two central slopes, with the steps h and q h, the combination in which the error of order h^2 cancels."""
    value = (narrow - q * q * wide) / (1 - q * q)                   # (D3)
    return value


def corner(jump_wide, jump_narrow, q):
    """What is left of the jump between the one-sided slopes as h goes to 0, from the jumps at the steps h and q h."""
    corner = (jump_narrow - q * jump_wide) / (1 - q)                # (D4)
    return corner


def best_central_step(f, third, eps=EPS):
    """The step with the least error of a central slope, for values |f| and a third derivative; infinite where that is 0."""
    best_step = (3 * eps * abs(f) / abs(third)) ** (1 / 3) if third else float("inf")       # (D5)
    return best_step
