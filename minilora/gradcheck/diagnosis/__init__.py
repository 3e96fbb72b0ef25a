"""What the mistake is: evidence first, the most specific cause that fits it, and a sentence.

Each detective looks at one Case and gives findings or none. They are asked in order; the first that recognises something is
believed. First come those that compare the two gradients alone, then those that look for the difference among the arrays at
hand, then those that ask the pair again with other values. No detective knows which formula it looks at.
"""

import warnings
from dataclasses import replace

import numpy as np

from minilora.gradcheck.diagnosis import (
    asked_of_dy,
    asked_of_inputs,
    centering,
    factors,
    jacobian,
    parts,
    paths,
    places,
    reductions,
    scale,
    terms,
    zeros,
)
from minilora.gradcheck.diagnosis.case import Case
from minilora.gradcheck.finding import Cause

SEEN = (  # in the two gradients alone
    places.swapped,
    places.transposed,
    places.unsummed,
    reductions.wrong_reduction,
    places.reshaped,
    places.other_shape,
    scale.constant_factor,
    zeros.duplicates,
)
FITTED = (  # whether backward is linear in dy; then with the arrays at hand
    asked_of_dy.unrepeatable,
    asked_of_dy.without_dy,
    asked_of_dy.not_linear,
    asked_of_dy.upstream_ignored,
    zeros.zero_pattern,
    factors.feature_factor,
    factors.epsilon,
    parts.combination,
    terms.known_term,
    centering.mean,
    reductions.two_axes,
    centering.projection,
    terms.made_term,
    terms.term_of_a_half,
    paths.different_paths,
)
ASKED = (  # of the pair, with other values
    asked_of_dy.factor_on_dy,
    asked_of_dy.operand_transposed,
    asked_of_inputs.symmetric,
    asked_of_dy.ignored_places,
    asked_of_inputs.neutral_mask,
    jacobian.pattern,
)
WEAKEST = 5  # of the strengths that findings about several inputs are sorted by; see `examine`
LAST = (terms.identity, factors.row_ratio, zeros.leak, centering.lost_invariance)


def diagnose(analytic, numeric, context, names=None):
    """The findings about each gradient that is wrong, those with a name first. A gradient without a known mistake gives none.

    analytic  {input: float64 array as backward gave it, of whatever shape; or None}.
    numeric   {input: Numeric}.
    context   Context.
    names     the inputs to look at; all if None.
    """
    others = {name: (analytic.get(name), known.value) for name, known in numeric.items()}
    found = []
    with np.errstate(all="ignore"):  # quotients with zeros below, which fit nothing
        for name in numeric if names is None else names:
            a, known = analytic.get(name), numeric[name]
            if a is None or not known.value.size:
                continue
            seen = np.isfinite(known.value) & ~known.kink
            case = Case(name, a, np.where(seen, known.value, 0.0), np.where(seen, known.error, 0.0), seen, context, others)
            if case.same_shape and not case.wrong.any():
                continue
            try:
                found += examine(case)
            except Exception as error:  # the verdict must not be lost with its explanation
                message = f"the diagnosis of {name} failed, {type(error).__name__}: {error}; the verdict stands"
                warnings.warn(message, RuntimeWarning, stacklevel=2)
    return [finding for _, finding in sorted(found, key=lambda item: item[0])]


def _vague(finding):
    return finding.cause is Cause.WRONG or (finding.cause is Cause.WRONG_SCALE and not finding.matched)


def examine(case):
    """[(strength, finding)] of the first detective that recognises something.

    The strength is 0 for what is seen in the gradients alone, 1 with the arrays at hand, 2 and 3 for what the pair answered, 4
    for the last resorts, and WEAKEST where there is a factor but no name for it.
    """
    vague = []
    for strength, detectives in enumerate((SEEN, FITTED, ASKED)):
        for detective in detectives:
            found = list(detective(case))
            if found and _vague(found[0]):
                vague = vague or found  # a better answer may follow
            elif found:
                return _told(strength, found)
        if vague and detectives is FITTED:
            return _told(WEAKEST, vague)
    for term, name in asked_of_inputs.term_through(case):
        if found := _of_a_term(term, name):
            return _told(3, found)
    for detective in LAST:
        if found := list(detective(case)):
            return _told(4, found)
    return []


def _told(strength, found):
    return [(strength, found[0]), *((strength, replace(other, message=f"Or {other.message}")) for other in found[1:])]


def _of_a_term(term, name):
    """What is wrong with the term that vanishes with the input `name`; all else is right."""
    says = f"is right when {name} is 0 everywhere, so the mistake is in the term that {name} brings"
    if np.abs(term.a).max() <= 1e-9 * np.abs(term.n).max():
        return [term.finding(Cause.MISSING_TERM, f"{says}: it is missing.", matched=name)]
    for detective in (*SEEN, *FITTED):
        found = list(detective(term))
        if found:
            about = f"{term.label} {says}. Of that term: "
            return [_prefixed(finding, about, term.label) for finding in found]
    return []


def _prefixed(finding, about, label):
    return replace(finding, message=about + finding.message.replace(f"{label} ", "it ", 1))
