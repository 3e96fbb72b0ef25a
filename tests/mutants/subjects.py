"""What mutants are checked in: registered ops, layers and whole models, with values that hide nothing."""

import dataclasses

from layer_subjects import LAYERS
from model_subjects import MODELS
from planting import planted

from minilora.backend import as_generator
from minilora.gradcheck import check
from minilora.ops import registry


def examine(mutant, rng=0):
    """The Report of the mutant's subject while the mutant is planted."""
    with planted(mutant) as wrong:
        if mutant.subject in registry:
            return check_op(registry[mutant.subject], wrong, rng)
        return SUBJECTS[mutant.subject](rng)


def check_op(op, wrong, rng=0):
    """`check` of a registered op, with `wrong` in the place of its forward or backward."""
    part = "forward" if wrong.__name__ == op.forward.__name__ else "backward"
    op = dataclasses.replace(op, **{part: wrong})
    return check(op.forward, op.backward, op.make_inputs(as_generator(rng)), dict(op.constants), rng=rng, dims=op.sizes)


SUBJECTS = {**LAYERS, **MODELS}  # name: function of rng that gives the Report
