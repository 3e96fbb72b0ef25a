"""The exercises there are, and where their files lie."""

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path

from minilora.course.formulas import cited_name
from minilora.ops import registry

ROOT = Path(__file__).resolve().parents[2]
LESSONS, NOTEBOOKS, EXERCISES = ROOT / "lessons", ROOT / "notebooks", ROOT / "exercises"


@dataclass(frozen=True)
class Exercise:
    """Write something of the library again: the forward and the backward of a registered op, or one plain function."""

    id: str  # the lesson's number and a letter: "02a"
    target: str  # a name in minilora.ops.registry, or a function's dotted name below minilora: "lowrank.truncation.truncate"
    title: str

    @property
    def lesson(self):
        """The number of the lesson that it belongs to."""
        return self.id[:2]

    @property
    def pair(self):
        """The registered op; None for a plain function."""
        return None if "." in self.target else registry[self.target]

    @property
    def functions(self):
        """The library's functions that are asked for: (forward, backward), or one."""
        if self.pair:
            return self.pair.forward, self.pair.backward
        return (library_object(f"minilora.{self.target}"),)

    @property
    def module(self):
        """The library's module that the exercise is generated from."""
        return sys.modules[self.functions[0].__module__]

    @property
    def filename(self):
        """The same in exercises/, in solutions/ and in the student's folder."""
        return f"{self.id}_{self.target.rsplit('.', 1)[-1]}.py"

    def tag(self, number):
        """A formula's tag as it is cited: linear:B2."""
        return f"{cited_name(self.module)}:{number}"


CATALOGUE = {
    exercise.id: exercise
    for exercise in (
        Exercise("01a", "mse", "Mean squared error, forward and backward"),
        Exercise("01b", "gradcheck.differences.richardson", "Richardson's extrapolation"),
        Exercise("01c", "gradcheck.verdict.relative_error", "The relative error of a gradient check"),
        Exercise("01d", "gradcheck.complex_step.polynomial_slope", "The slope of a polynomial, by a complex step"),
        Exercise("01e", "gradcheck.differences.slopes", "Slopes from both sides, and the jump between them"),
        Exercise("01f", "gradcheck.differences.best_central_step", "The best step of a central slope"),
        Exercise("02a", "linear", "The linear layer, forward and backward"),
        Exercise("03a", "softmax", "Softmax, forward and backward"),
        Exercise("03b", "cross_entropy_steps", "Cross-entropy, one formula a line"),
        Exercise("03c", "cross_entropy", "Cross-entropy, fused"),
        Exercise("04a", "layernorm_steps", "Layer norm, one formula a line"),
        Exercise("04b", "layernorm", "Layer norm, fused"),
        Exercise("04c", "rmsnorm", "RMS norm, forward and backward"),
        Exercise("05a", "relu", "ReLU, forward and backward"),
        Exercise("05b", "gelu_erf", "GELU, exact"),
        Exercise("05c", "gelu_tanh_steps", "GELU by tanh, one formula a line"),
        Exercise("05d", "silu", "SiLU, forward and backward"),
        Exercise("05e", "swiglu", "SwiGLU, a gate and what it lets through"),
        Exercise("05f", "gelu_tanh", "GELU by tanh, in blocks"),
        Exercise("06a", "embedding", "The embedding: look up, and scatter back"),
        Exercise("06b", "rope", "Rotary positions, both conventions"),
        Exercise("07a", "attention", "Scaled dot-product attention, forward and backward"),
        Exercise("08a", "ops.heads.split_heads", "Cutting into heads"),
        Exercise("08b", "ops.heads.join_heads", "Joining heads, the backward of cutting"),
        Exercise("08c", "ops.attention.causal_bias", "Who may see whom"),
        Exercise("08d", "ops.attention.mask_bias", "Hiding padding"),
        Exercise("08e", "ops.attention.masked_softmax", "A softmax that bears rows without a key"),
        Exercise("09a", "dropout", "Dropout, forward and backward"),
        Exercise("09b", "mean_pool", "The mean over real tokens"),
        Exercise("09c", "pick", "One position of each sequence"),
        Exercise("10a", "training.steps.sgd_step", "Gradient descent with momentum, one step"),
        Exercise("10b", "training.steps.adam_step", "Adam and AdamW, one step"),
        Exercise("10c", "training.clip.clipped", "Clipping by the norm"),
        Exercise("10d", "training.schedules.warmup_cosine_factor", "Warm-up, then half a cosine"),
        Exercise("10e", "training.schedules.step_decay_factor", "A staircase"),
        Exercise("10f", "training.schedules.restart_rise", "A short warm-up after each restart"),
        Exercise("11a", "data.batches.inputs_and_targets", "What a language model is asked"),
        Exercise("11b", "data.ngrams.bigram", "The bigram model, by counting"),
        Exercise("11c", "nn.generation.candidates", "Temperature, top-k and top-p"),
        Exercise("11d", "data.ngrams.unigram", "The unigram model, by counting"),
        Exercise("11e", "data.ngrams.ngram_loss", "What a table of counts loses on a text"),
        Exercise("11f", "nn.generation.drawn", "A draw from a distribution"),
        Exercise("12a", "lowrank.truncation.truncate", "The best matrix of rank r"),
        Exercise("12b", "lowrank.truncation.factors", "The same as two balanced factors"),
        Exercise("12c", "lowrank.truncation.truncation_error", "The error, before anything is cut"),
        Exercise("12d", "lowrank.randomized.sketched_svd", "The decomposition from a random sketch"),
        Exercise("12e", "lowrank.truncation.svd", "The decomposition itself, from eigenvectors"),
        Exercise("12f", "lowrank.randomized.sketch_bound", "How good a random sketch is at least"),
        Exercise("13a", "lowrank.ranks.effective_rank", "The effective rank"),
        Exercise("13b", "lowrank.ranks.stable_rank", "The stable rank"),
        Exercise("13c", "lowrank.ranks.energy_rank", "The energy rank"),
        Exercise("13d", "lowrank.noise.noise_density", "The density of the singular values of noise"),
        Exercise("13e", "lowrank.noise.beyond_noise", "How many singular values are no noise"),
        Exercise("13f", "lowrank.weighted.fisher_truncate", "Truncation that minds the loss"),
        Exercise("13g", "lowrank.weighted.activation_truncate", "Truncation that minds the inputs"),
        Exercise("13h", "lowrank.noise.noise_edges", "Where noise begins and ends"),
        Exercise("13i", "lowrank.noise.noise_median", "The median of noise"),
        Exercise("13j", "lowrank.weighted.diagonal_truncate", "Truncation that minds the inputs' sizes"),
        Exercise("14a", "l1_penalty", "What an entry costs, forward and backward"),
        Exercise("14b", "l2_penalty", "What a square costs, forward and backward"),
        Exercise("14c", "lowrank.pca.fit", "Principal components"),
        Exercise("14d", "lowrank.lda.whitening", "A map that makes a scatter round"),
        Exercise("14e", "lowrank.lda.fit", "The directions that part classes"),
        Exercise("14f", "experiments.systems.iterative.thresholded_step", "A step of descent under a bound on the rank"),
        Exercise("14g", "lowrank.pca.project", "Into the plane of the components, and back"),
        Exercise("15a", "lowrank.projection.expand", "Weights from a few numbers"),
        Exercise("15b", "lowrank.projection.reduce", "The gradient of a random subspace"),
        Exercise("15c", "lowrank.intruders.intruder_dimensions", "Directions that were not there before"),
        Exercise("16a", "lora", "The LoRA linear, forward and backward"),
        Exercise("17a", "adapters.costs.lora_values", "How many numbers LoRA trains"),
        Exercise("17b", "adapters.costs.training_bytes", "What training holds"),
        Exercise("17c", "adapters.costs.step_operations", "What a step computes"),
        Exercise("17d", "adapters.spec.matches", "Which layers a pattern names"),
        Exercise("18a", "adapters.combine.share", "A weight and a scale, shared by the factors"),
        Exercise("18b", "adapters.combine.cat", "Two adapters side by side"),
        Exercise("18c", "adapters.combine.added", "Adding factors, and what that adds besides"),
        Exercise("18d", "adapters.combine.recut", "The best of rank r, without the product"),
        Exercise("19a", "lowrank.subspaces.subspace_similarity", "How alike two subspaces are"),
        Exercise("19b", "lowrank.subspaces.random_similarity", "How alike random subspaces are"),
        Exercise("19c", "lowrank.subspaces.principal_angles", "The angles between two subspaces"),
        Exercise("19d", "lowrank.amplification.random_share", "What random directions hold of a matrix"),
        Exercise("19e", "lowrank.amplification.amplification", "The amplification factor and its comparisons"),
        Exercise("19f", "lowrank.gauge.gauge_transform", "One product in another gauge"),
        Exercise("19g", "lowrank.gauge.balance", "What gradient flow conserves"),
        Exercise("19h", "lowrank.gauge.balanced", "The gauge in which both factors share the work"),
        Exercise("20a", "dora", "The DoRA linear, forward and exact backward"),
        Exercise("20b", "lora_embedding", "The embedding with LoRA beside it"),
        Exercise("20c", "training.lora_fa.projected_gradient", "The projected gradient of LoRA-FA"),
        Exercise("20d", "adapters.pissa.pissa_start", "The start of PiSSA"),
        Exercise("20e", "adapters.lora_ga.lora_ga_start", "The start of LoRA-GA"),
        Exercise("20f", "adapters.olora.olora_start", "The start of OLoRA"),
        Exercise("20g", "adapters.eva.eva_start", "The start of EVA"),
        Exercise("20h", "training.loraplus.lora_plus_step", "A step with two rates"),
        Exercise("21a", "adalora", "AdaLoRA's path, forward and backward"),
        Exercise("21b", "orthogonality", "The penalty that keeps directions orthonormal"),
        Exercise("21c", "vera", "VeRA's path, forward and backward"),
        Exercise("21d", "lora_xs", "LoRA-XS's path, forward and backward"),
        Exercise("21e", "svft", "SVFT's path, forward and backward"),
        Exercise("21f", "loha", "LoHa's path, forward and backward"),
        Exercise("21g", "lokr", "LoKr's path, forward and backward"),
        Exercise("21h", "training.adalora.budget", "AdaLoRA's budget, a cubic"),
        Exercise("21i", "training.adalora.importance", "How important an element is, and how sure that is"),
        Exercise("21j", "training.adalora.triplet_scores", "How important a triplet is"),
        Exercise("21k", "training.adalora.masked", "The least important triplets of all layers, masked"),
        Exercise("21l", "training.relora.pruned", "Which moments outlive a restart"),
        Exercise("21m", "training.projected.leading_directions", "GaLore's projection"),
        Exercise("21n", "training.relora.restarted", "ReLoRA's restart"),
        Exercise("21o", "training.projected.projected_step", "A step of Adam in a projected space"),
        Exercise("21p", "training.projected.flora_draw", "What Flora draws anew"),
        Exercise("22a", "quantized_linear", "The linear layer with a matrix in 4 bits"),
        Exercise("22b", "quantize.normal_levels", "The levels of NF4"),
        Exercise("22c", "quantize.nearest_codes", "The nearest level"),
        Exercise("22d", "quantize.pack", "Two codes to a byte"),
        Exercise("22e", "quantize.unpack", "And back"),
        Exercise("22f", "quantize.block_scales", "A scale for each block"),
        Exercise("22g", "quantize.absmax_codes", "The nearest of evenly spaced levels"),
        Exercise("22h", "quantize.absmax_values", "What codes and scales stand for"),
        Exercise("22i", "quantize.scales_from_8_bits", "Scales that have scales themselves"),
        Exercise("22j", "ops.quantized_linear.dequantize_blocks", "A matrix out of codes, scales and offsets"),
        Exercise("23a", "kl_divergence", "KL divergence at a temperature, forward and backward"),
        Exercise("23b", "compress.pruning.mask", "The mask of a budget, or of a threshold"),
        Exercise("23c", "compress.distillation.distill", "The loss of distillation and its gradient"),
        Exercise("23d", "compress.scores.score", "Five scores of a weight"),
        Exercise("23e", "compress.scores.with_batch", "The empirical Fisher, a batch more"),
        Exercise("23f", "compress.structured.unit_sums", "What a unit owns"),
        Exercise("23g", "compress.calibration.clipped", "The few largest, given up"),
        Exercise("23h", "compress.calibration.scaled", "Rounded with scaled columns"),
        Exercise("23i", "compress.calibration.errors", "The error of the weights, and of what comes out"),
        Exercise("23j", "compress.calibration.activation_aware", "The scales that the inputs ask for"),
        Exercise("23k", "compress.pruning.cut", "What a mask does"),
        Exercise("23l", "compress.scores.with_step", "Movement, a backward more"),
        Exercise("23m", "compress.structured.unit_values", "How many values go with a unit"),
        Exercise("23n", "compress.distillation.soft_label_distill", "A teacher's probabilities as targets"),
        Exercise("24a", "shifted_cross_entropy", "Article C's loss, forward and backward"),
        Exercise("24b", "experiments.systems.attacks.along", "The step of an attack"),
        Exercise("24c", "experiments.systems.attacks.into_ball", "Back into the ball"),
        Exercise("24d", "experiments.systems.attacks.text_distance", "How far a text may move"),
        Exercise("24e", "experiments.systems.attacks.climb", "A step of projected ascent"),
        Exercise("24f", "experiments.systems.adversarial.linear_fgm", "A linear model against FGM"),
        Exercise("24g", "experiments.systems.adversarial_neighbours.linear_freelb", "The same by FreeLB"),
        Exercise("24h", "experiments.systems.adversarial_neighbours.divergence", "A divergence of both sides, and its gradients"),
        Exercise("24i", "experiments.systems.adversarial_neighbours.smart_loss", "SMART's loss and its gradients"),
        Exercise("25a", "experiments.systems.article_network.shifted_loss", "What article C's network is trained with"),
        Exercise("25b", "experiments.systems.local_random.loss_floor", "The least loss that article D's training leaves"),
        Exercise("25c", "experiments.systems.svd_split.split_step", "What a step of article B's training does to W"),
        Exercise("26a", "gradcheck.diagnosis.fitting.ratio", "One factor between two gradients"),
        Exercise("26b", "gradcheck.diagnosis.fitting.fit_along", "A difference made of known arrays"),
        Exercise("27a", "experiments.roofline.product_intensity", "Operations a byte of a matrix product"),
        Exercise("27b", "experiments.roofline.attainable", "The roof"),
        Exercise("27c", "experiments.roofline.bound_seconds", "The least time"),
        Exercise("27d", "experiments.roofline.attention_intensity", "Operations a byte of attention"),
        Exercise("27e", "experiments.reach.share_between", "What LoRA-XS or SVFT can hold of a change"),
        Exercise("27f", "experiments.reach.lokr_share", "What a Kronecker product can hold of a change"),
        Exercise("28a", "interop.rotary_rows.to_halves", "From one rotary layout to the other"),
        Exercise("28b", "interop.gguf_blocks.four_bits", "A block of 4 bits, out of a file"),
    )
}


def find(number):
    """The exercise of an id; a lesson's number alone means its first: "02", "2" and 2 are "02a". ValueError lists them all."""
    wanted = str(number).strip().lower()
    digits = wanted.rstrip("abcdefghijklmnopqrstuvwxyz")
    key = digits.zfill(2) + (wanted[len(digits) :] or "a")
    if key not in CATALOGUE:
        raise ValueError(f"there is no exercise {number!r}; choose one of {', '.join(CATALOGUE)}")
    return CATALOGUE[key]


def exercise_folder():
    """The folder with stubs, solutions and hints. FileNotFoundError where the package was installed without it."""
    if not (EXERCISES / "hints.toml").is_file():
        message = f"there are no exercises at {EXERCISES}: they come with a checkout of minilora, not with the installed package"
        raise FileNotFoundError(message + "; clone the repository and run the command there")
    return EXERCISES


def library_object(name):
    """The module, class or function of a dotted name: minilora.ops.linear or minilora.ops.linear.linear_backward."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        module, _, attribute = name.rpartition(".")
        if not module or not name.startswith(error.name or "\0"):
            raise
        return getattr(library_object(module), attribute)
