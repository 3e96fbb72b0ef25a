"""Slopes from values of f nearby, one formula each, and what their errors are made of.

    x, h, q: a point, a step, and the ratio q < 1 of a second, narrower step q h
    up, down: x + h and x - h as they came out after rounding      f, f_up, f_down: f there
    wide, narrow: one of these with the steps h and q h            k: the order of its error, h^k

    (D1)  forward   = (f_up - f) / (up - x)                 = f' + h f''/2 + O(h^2)
    (D2)  central   = (f_up - f_down) / (up - down)         = f' + h^2 f'''/6 + O(h^4)
    (D3)  value     = (narrow - q^k wide) / (1 - q^k)       k = 2, central slopes: f' + O(h^4)
                                                            k = 1, jumps: O(h^3) if f is smooth; at a kink the change of slope
    (D4)  jump      = forward - (f - f_down) / (x - down)   = h f'' + O(h^3) if f is smooth; at a kink it stays as h shrinks
    (D5)  best_step = (3 eps |f| / |f'''|)^(1/3)            where truncation and rounding of `central` together are least

Rounding errs by about eps |f| / h in a central slope: eps, relative, in each of two values, over 2h.
"""


def slopes(f_up, f, f_down, up, x, down):
    """(forward, central, jump): the slope to the right, that between both sides, and by how much the right one is larger.

    All over the steps really taken. `central` costs no more values than `forward`, and its error is of second order.
    """
    forward = (f_up - f) / (up - x)                                 # (D1)
    central = (f_up - f_down) / (up - down)                         # (D2)
    jump = forward - (f - f_down) / (x - down)                      # (D4)
    return forward, central, jump
