"""Evaluation and training mode: what a gradient that is right in one and wrong in the other says."""

from dataclasses import replace

from minilora.gradcheck.finding import Cause

# How a mask that is not that of forward looks, where evaluation mode shows that all else is right.
LIKE_A_LOST_MASK = {Cause.WRONG, Cause.MASK_MISSING, Cause.GRADIENT_CUT, Cause.MISSING_FEATURE_FACTOR, Cause.MISSING_TERM}
LIKE_A_LOST_MASK |= {Cause.EXTRA_TERM, Cause.WRONG_AXIS}


def has_modes(owner):
    """Whether it can train() and eval()."""
    return all(callable(getattr(owner, name, None)) for name in ("train", "eval"))


def in_training(finding, drops):
    """A finding of training mode, told with the knowledge that evaluation mode is right. drops: whether forward draws numbers."""
    if not finding.fails or finding.cause is Cause.DROPOUT_MASK_NOT_REUSED:
        return finding
    if drops and finding.cause in LIKE_A_LOST_MASK:
        message = "Right in evaluation mode and wrong with dropout: backward does not use the mask that forward drew. Keep the "
        message += f"mask in the cache. {finding.message}"
        return replace(finding, cause=Cause.DROPOUT_MASK_NOT_REUSED, message=message)
    return replace(finding, message=f"In training mode only: {finding.message}")
