"""One step of an optimiser as the papers write it: pure functions, new arrays. The sweeps of `optimizers` give the same.

    p: parameter   g: its gradient   m, v: moments, zero before the first step   t: number of the step, from 1
    all of one shape, all products elementwise

    SGD    (F1)  m = momentum m + g                                         Polyak 1964
           (F2)  p = p - lr m
    Adam   (F3)  m = ...
           (F4)  v = ...
           (F5)  p = ...
    AdamW  (F6)  decayed = ...

Exercise 10b, lesson 10: Adam and AdamW, one step.
Write adam_step. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 10b       tests this file
    minilora exercise hint 10b        one hint more, each time
"""

from minilora import backend


def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
    """p, m and v after step t of Adam, t = 1, 2, ...; of AdamW with a weight_decay above 0."""
    # (F3)  m =
    # (F4)  v =
    # (F6)  decayed =
    # (F5)  p =
    raise NotImplementedError("10b: write adam_step")
