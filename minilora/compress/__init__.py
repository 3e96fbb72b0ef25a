"""A model made smaller: pruning, distillation, quantised weights."""

from minilora.compress.calibration import calibrate, quantize_model
from minilora.compress.distillation import Distillation, SoftLabelDistillation
from minilora.compress.pruning import Masked, prune, sparsity
from minilora.compress.scores import SCORES, Movement, matrices, mean_gradients, score, score_weights
from minilora.compress.structured import head_scores, highest, row_scores, shrink
