"""Article D: a local part of the weights is drawn again at random before every batch; and methods that start anew and keep it.

    as described   before each batch w_local is drawn, normal(0, std); then all of w takes AdamW's step

What a local weight learns lasts for one step. In least squares, L = norm(w - w*)^2, the others cannot make up for it, so that
however long one trains the mean loss stays above

                   (D1)  L_floor = ...

The neighbours draw directions again, and leave what was learned in W: ReLoRA merges first, GaLore and Flora project only the
step. A random subspace is drawn once: w = w_0 + P z, by J2 and J3 of projection (Li et al. 2018, arXiv 1804.08838), with the
sparse P of that paper: sqrt(D) entries +-D^(-1/4) in each column, D the number of weights, so a column's length is 1.

Exercise 25b, lesson 25: The least loss that article D's training leaves.
Write loss_floor. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 25b       tests this file
    minilora exercise hint 25b        one hint more, each time
"""


def loss_floor(true, local, std):
    """L_floor, a Python float. true: w*, the weights that make no error. local: booleans of its shape. std: of the draws."""
    # (D1)  L_floor =
    raise NotImplementedError("25b: write loss_floor")
