"""The verdict on one input: its analytic gradient against its numeric one, entry by entry.

    (E1)  size  = ...
    (E2)  error = ...

The last term of the size is there for entries that happen to be near zero: they are held to the size of the others.

Exercise 01c, lesson 01: The relative error of a gradient check.
Write relative_error. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 01c       tests this file
    minilora exercise hint 01c        one hint more, each time
"""

import numpy as np


def relative_error(analytic, numeric):
    """The error of each entry; 0 where both are 0, infinite where either is not finite."""
    # (E1)  size =
    # (E2)  error =
    raise NotImplementedError("01c: write relative_error")
