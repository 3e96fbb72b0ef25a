"""The targets are the tokens before. The next token is asked for; the one before lies open to the model.

fails at: targets (batches:F2)
cause: shifted the wrong way
"""

import numpy as np


def inputs_and_targets(ids, starts, block_size):
    places = starts[:, None] + np.arange(block_size)
    inputs = ids[places]                                    # (F1)
    targets = ids[places - 1]                               # (F2)
    return inputs, targets
