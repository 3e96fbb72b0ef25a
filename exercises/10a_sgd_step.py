"""One step of an optimiser as the papers write it: pure functions, new arrays. The sweeps of `optimizers` give the same.

    p: parameter   g: its gradient   m, v: moments, zero before the first step   t: number of the step, from 1
    all of one shape, all products elementwise

    SGD    (F1)  m = ...
           (F2)  p = ...
    Adam   (F3)  m = beta1 m + (1 - beta1) g                                Kingma & Ba 2015, algorithm 1
           (F4)  v = beta2 v + (1 - beta2) g^2
           (F5)  p = decayed - lr m' / (sqrt(v') + eps)                     m' = m / (1 - beta1^t), v' = v / (1 - beta2^t)
    AdamW  (F6)  decayed = p - lr weight_decay p                            Loshchilov & Hutter 2019: decoupled from m and v

Exercise 10a, lesson 10: Gradient descent with momentum, one step.
Write sgd_step. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 10a       tests this file
    minilora exercise hint 10a        one hint more, each time
"""


def sgd_step(p, g, m, lr, momentum=0.0):
    """p and m after a step of gradient descent with momentum; with momentum=0 it is plain."""
    # (F1)  m =
    # (F2)  p =
    raise NotImplementedError("10a: write sgd_step")
