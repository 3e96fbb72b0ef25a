"""What the exercises that ask for a plain function are tried on. (A registered op brings its own inputs.)"""

from minilora.course.inputs import bits, compression, elsewhere, family, gradients, low_rank, real_model, subspaces
from minilora.course.inputs.given import INPUTS, inputs
