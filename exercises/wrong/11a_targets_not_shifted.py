"""The targets are the inputs. A model that may look at its own token learns to copy it, with a loss of nearly zero.

fails at: targets (batches:F2)
cause: not shifted
"""

import numpy as np


def inputs_and_targets(ids, starts, block_size):
    places = starts[:, None] + np.arange(block_size)
    inputs = ids[places]                                    # (F1)
    targets = ids[places]                               # (F2)
    return inputs, targets
