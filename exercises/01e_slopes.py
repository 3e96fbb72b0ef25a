"""Slopes from values of f nearby, one formula each, and what their errors are made of.

    x, h, q: a point, a step, and the ratio q < 1 of a second, narrower step q h
    up, down: x + h and x - h as they came out after rounding      f, f_up, f_down: f there
    wide, narrow: one of these with the steps h and q h            k: the order of its error, h^k

    (D1)  forward   = ...
    (D2)  central   = ...
    (D3)  value     = (narrow - q^k wide) / (1 - q^k)       k = 2, central slopes: f' + O(h^4)
                                                            k = 1, jumps: O(h^3) if f is smooth; at a kink the change of slope
    (D4)  jump      = ...
    (D5)  best_step = (3 eps |f| / |f'''|)^(1/3)            where truncation and rounding of `central` together are least

Rounding errs by about eps |f| / h in a central slope: eps, relative, in each of two values, over 2h.

Exercise 01e, lesson 01: Slopes from both sides, and the jump between them.
Write slopes. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 01e       tests this file
    minilora exercise hint 01e        one hint more, each time
"""


def slopes(f_up, f, f_down, up, x, down):
    """(forward, central, jump): the slope to the right, that between both sides, and by how much the right one is larger.

    All over the steps really taken. `central` costs no more values than `forward`, and its error is of second order.
    """
    # (D1)  forward =
    # (D2)  central =
    # (D4)  jump =
    raise NotImplementedError("01e: write slopes")
