"""Slopes from values of f nearby, one formula each, and what their errors are made of.

    x, h, q: a point, a step, and the ratio q < 1 of a second, narrower step q h
    up, down: x + h and x - h as they came out after rounding      f, f_up, f_down: f there
    wide, narrow: one of these with the steps h and q h            k: the order of its error, h^k

    (D1)  forward   = (f_up - f) / (up - x)                 = f' + h f''/2 + O(h^2)
    (D2)  central   = (f_up - f_down) / (up - down)         = f' + h^2 f'''/6 + O(h^4)
    (D3)  value     = ...
    (D4)  jump      = forward - (f - f_down) / (x - down)   = h f'' + O(h^3) if f is smooth; at a kink it stays as h shrinks
    (D5)  best_step = (3 eps |f| / |f'''|)^(1/3)            where truncation and rounding of `central` together are least

Rounding errs by about eps |f| / h in a central slope: eps, relative, in each of two values, over 2h.

Exercise 01b, lesson 01: Richardson's extrapolation.
Write richardson. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 01b       tests this file
    minilora exercise hint 01b        one hint more, each time
"""


def richardson(wide, narrow, q, k=2):
    """Of two values with the steps h and q h, the combination in which the error of order h^k cancels."""
    # (D3)  value =
    raise NotImplementedError("01b: write richardson")
