"""What the mistake is: evidence first, the most specific cause that fits it, and a sentence.

Each detective looks at one Case and gives findings or none. They are asked in order; the first that recognises something is
believed. First come those that compare the two gradients alone, then those that look for the difference among the arrays at
hand, then those that ask the pair again with other values. No detective knows which formula it looks at.
"""

import numpy as np

from minilora.gradcheck.diagnosis import places, probes, scale, structure, terms, zeros
from minilora.gradcheck.diagnosis.case import Case
from minilora.gradcheck.finding import Cause

SEEN = (  # in the two gradients alone
    places.swapped,
    places.transposed,
    places.unsummed,
    structure.wrong_reduction,
    places.reshaped,
    places.other_shape,
    scale.constant_factor,
    zeros.duplicates,
    zeros.zero_pattern,
)
FITTED = (  # with the arrays at hand
    structure.feature_factor,
    terms.known_term,
    structure.centering,
    structure.two_axes,
    terms.made_term,
)
ASKED = (  # of the pair, with other values
    probes.unrepeatable,
    probes.upstream_ignored,
    probes.factor_on_dy,
    probes.operand_transposed,
    probes.one_place_only,
    probes.without_dy,
    probes.neutral_mask,
    probes.neutral_number,
)
LAST = (terms.identity, terms.lost_invariance, probes.neutral_array, structure.row_ratio, places.rotated)


def diagnose(analytic, numeric, context, names=None):
    """The findings about each gradient that is wrong, those with a name first. A gradient without a known mistake gives none.

    analytic  {input: float64 array as backward gave it, of whatever shape; or None}.
    numeric   {input: Numeric}.
    context   Context.
    names     the inputs to look at; all if None.
    """
    others = {name: (analytic.get(name), known.value) for name, known in numeric.items()}
    found = []
    for name in numeric if names is None else names:
        a, known = analytic.get(name), numeric[name]
        if a is None or not known.value.size:
            continue
        seen = np.isfinite(known.value) & ~known.kink
        case = Case(name, a, np.where(seen, known.value, 0.0), np.where(seen, known.error, 0.0), seen, context, others)
        if case.same_shape and not case.wrong.any():
            continue
        found += examine(case)
    return sorted(found, key=lambda finding: finding.cause is Cause.WRONG_SCALE and not finding.matched)


def examine(case):
    """The findings of the first detective that recognises something."""
    unnamed = []
    for detectives in (SEEN, FITTED, ASKED):
        for detective in detectives:
            found = list(detective(case))
            if found and found[0].cause is Cause.WRONG_SCALE and not found[0].matched:
                unnamed = found  # a factor that nothing explains: a better answer may follow
            elif found:
                return found
        if unnamed:
            return unnamed
    for term, name in probes.term_through(case):
        return _of_a_term(term, name)
    return next((found for detective in LAST if (found := list(detective(case)))), [])


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
    return [term.finding(Cause.WRONG, f"{says}; it has none of the usual mistakes.", matched=name)]


def _prefixed(finding, about, label):
    from dataclasses import replace

    return replace(finding, message=about + finding.message.replace(f"{label} ", "it ", 1))
