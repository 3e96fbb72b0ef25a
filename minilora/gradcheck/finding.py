"""What a check can find: the cause, where it was seen, and a sentence about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Cause(StrEnum):
    """Why a check failed, or what it left out. A value is its own name in lower case: `Cause.WRONG == "wrong"`."""

    # the right numbers in the wrong form or place
    TRANSPOSED = "transposed"
    RESHAPED = "reshaped"  # the right values, laid out by a reshape that is no transpose
    SWAPPED = "swapped"  # the gradient of another input
    MISSING_BROADCAST_SUM = "missing_broadcast_sum"  # an axis over which forward repeats the input is not summed over
    WRONG_AXIS = "wrong_axis"
    WRONG_SHAPE = "wrong_shape"
    WRONG_DTYPE = "wrong_dtype"
    WRONG_COUNT = "wrong_count"  # backward returned more or fewer gradients than there are floating inputs
    MISSING_GRADIENT = "missing_gradient"  # None where an array is due

    # a factor
    SIGN_FLIP = "sign_flip"
    MISSING_MEAN = "missing_mean"  # forward divides by a size, backward does not
    MISSING_ATTENTION_SCALE = "missing_attention_scale"  # 1 / sqrt(D)
    MISSING_LORA_SCALE = "missing_lora_scale"  # alpha / r
    DOUBLE_COUNTED = "double_counted"
    MISSING_FEATURE_FACTOR = "missing_feature_factor"  # an array that forward multiplies by, such as gamma
    WRONG_SCALE = "wrong_scale"  # any other constant factor

    # a part of the sum
    MISSING_TERM = "missing_term"
    EXTRA_TERM = "extra_term"
    MISSING_CENTERING = "missing_centering"  # a mean or a projection is not subtracted: layer norm, softmax
    GRADIENT_CUT = "gradient_cut"  # zero where it should not be
    MASK_MISSING = "mask_missing"  # not zero where it should be
    DROPOUT_MASK_NOT_REUSED = "dropout_mask_not_reused"
    OVERWRITTEN_DUPLICATES = "overwritten_duplicates"  # of an id that repeats, only one occurrence counts

    # what a layer does with its parameters
    NOT_ACCUMULATED = "not_accumulated"  # = where += is due
    NOT_ZEROED = "not_zeroed"
    FROZEN_UPDATED = "frozen_updated"
    DEAD_PARAMETER = "dead_parameter"  # analytic and numeric are both zero everywhere
    MUTATES_INPUT = "mutates_input"

    # not recognised
    WRONG = "wrong"  # analytic and numeric disagree, and no cause fits
    NOT_FINITE = "not_finite"

    # not the mistake of whoever wrote backward
    NONDETERMINISTIC_FORWARD = "nondeterministic_forward"
    ROUNDING = "rounding"  # the numeric gradient itself is not certain enough to judge
    KINK = "kink"  # no derivative there; left out of the verdict


@dataclass(frozen=True)
class Finding:
    """One thing found.

    cause     a Cause.
    input     the name of the input or parameter; "y" for forward's output, "dy" for the cotangent.
    factor    the constant ratio analytic / numeric, where one was matched; else None.
    where     the index of the first or worst entry concerned; None if it is about the whole array.
    message   a sentence in plain words.
    matched   what was recognised: an expression ("N", "sqrt(D)"), an array ("gamma", "dy") or an axis ("T"); "" if nothing.
    tag       the tag of the formula concerned, "linear:B2", where backward's module names it; else "".
    evidence  plain numbers and names that the cause follows from, such as {"ratio": 3.0, "spread": 2e-10}.
    """

    cause: Cause
    input: str
    factor: float | None
    where: tuple[int, ...] | None
    message: str
    matched: str = ""
    tag: str = ""
    evidence: Mapping = field(default_factory=dict)

    @property
    def fails(self):
        """Whether this makes the verdict a failure: all but kinks, whose entries are left out."""
        return self.cause is not Cause.KINK


def entry_name(name, index=None):
    """How a gradient's entry is written: "dgamma[3, 1]"; "blocks.0.W.grad[3, 1]" for a dotted parameter."""
    gradient = f"{name}.grad" if "." in name else f"d{name}"
    return gradient if not index else f"{gradient}[{', '.join(map(str, index))}]"
