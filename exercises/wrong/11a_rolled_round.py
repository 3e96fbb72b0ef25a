"""The last target is the window's first token: np.roll goes round. The text goes on after the window's end.

fails at: targets (batches:F2)
cause: the end of the window
"""

import numpy as np


def inputs_and_targets(ids, starts, block_size):
    places = starts[:, None] + np.arange(block_size)
    inputs = ids[places]                                    # (F1)
    targets = np.roll(inputs, -1, axis=1)                               # (F2)
    return inputs, targets
