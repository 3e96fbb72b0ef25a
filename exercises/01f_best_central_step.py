"""Slopes from values of f nearby, one formula each, and what their errors are made of.

    x, h, q: a point, a step, and the ratio q < 1 of a second, narrower step q h
    up, down: x + h and x - h as they came out after rounding      f, f_up, f_down: f there
    wide, narrow: one of these with the steps h and q h            k: the order of its error, h^k

    (D1)  forward   = (f_up - f) / (up - x)                 = f' + h f''/2 + O(h^2)
    (D2)  central   = (f_up - f_down) / (up - down)         = f' + h^2 f'''/6 + O(h^4)
    (D3)  value     = (narrow - q^k wide) / (1 - q^k)       k = 2, central slopes: f' + O(h^4)
                                                            k = 1, jumps: O(h^3) if f is smooth; at a kink the change of slope
    (D4)  jump      = forward - (f - f_down) / (x - down)   = h f'' + O(h^3) if f is smooth; at a kink it stays as h shrinks
    (D5)  best_step = ...

Rounding errs by about eps |f| / h in a central slope: eps, relative, in each of two values, over 2h.

Exercise 01f, lesson 01: The best step of a central slope.
Write best_central_step. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 01f       tests this file
    minilora exercise hint 01f        one hint more, each time
"""

EPS = 2.0**-52  # float64's distance from 1 to the next number; to round is to err by half of it at most


def best_central_step(f, third, eps=EPS):
    """The step with the least error of a central slope, for values |f| and a third derivative; infinite where that is 0."""
    # (D5)  best_step =
    raise NotImplementedError("01f: write best_central_step")
