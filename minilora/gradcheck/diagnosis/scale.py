"""A constant factor: analytic = c numeric, everywhere or in one part."""

import numpy as np

from minilora.gradcheck.context import is_cached
from minilora.gradcheck.diagnosis.case import multiple
from minilora.gradcheck.diagnosis.expressions import counts, equal, match
from minilora.gradcheck.diagnosis.fitting import ratio
from minilora.gradcheck.finding import Cause

SCALE_NAMES = {"s", "scale", "scaling", "lora_scale"}


def constant_factor(case):
    """sign_flip, double_counted, missing_mean, missing_attention_scale, missing_lora_scale; wrong_scale for any other factor."""
    if not case.same_shape:
        return
    where, c = _factor(case)
    if c is None or abs(c) < 1e-9:
        return
    parts = "" if where.all() else f" in {int(where.sum())} of {where.size} entries ({_place(case, where)}), and right elsewhere"
    spread = _spread(case, where)
    evidence = {"ratio": c, "spread": spread, "entries": int(where.sum())}

    def found(cause, says, matched=""):
        message = f"is {c:.{6 if abs(c - 1) > 1e-3 else 10}g} times what it should be{parts}: {says}"
        return case.finding(cause, message, factor=c, matched=matched, **evidence)

    if equal(c, -1):
        yield found(Cause.SIGN_FLIP, "the sign is wrong.", "-1")
        return
    matches = match(abs(c), case.context, case.name)
    sign = "-" if c < 0 else ""
    named = [] if sign else list(_named(case, c, matches))
    for cause, text, says in named:
        yield found(cause, says, text)
    if not named and matches:
        text = sign + matches[0].text
        others = [sign + m.text for m in matches[1:] if m.kind != "odd" and m.parts and not any(map(is_cached, m.parts))][:2]
        also = f" (also {', '.join(others)})" if others else ""
        yield found(Cause.WRONG_SCALE, f"the factor is {text}{also}.", text)
    elif not named and where.sum() > 2:
        yield found(Cause.WRONG_SCALE, "one factor is wrong, and it is none of the sizes or numbers at hand.")


def of_a_term(case, c, which):
    """The same for one term of the sum: missing if c is 0, with a wrong sign, or with a factor."""
    if abs(c) < 1e-6:
        yield case.finding(Cause.MISSING_TERM, f"lacks a term: {which.removeprefix('of the term ')}.", matched=which)
        return
    if equal(c, -1):
        yield case.finding(Cause.SIGN_FLIP, f"has the wrong sign {which}.", matched=which, factor=c)
        return
    matches = match(abs(c), case.context, case.name)
    named = list(_named(case, c, matches)) if c > 0 else []
    for cause, text, says in named:
        yield case.finding(cause, f"has {c:.6g} times what is due {which}: {says}", factor=c, matched=text)
    if not named:
        text = matches[0].text if matches else ""
        yield case.finding(
            Cause.WRONG_SCALE, f"has {c:.6g} times what is due {which}{text and ': ' + text}.", factor=c, matched=text
        )


def _factor(case):
    """(where, c): the entries that are c times too large; all of them if c holds for all."""
    c = multiple(case.a, case.n, case.slack)
    if c is not None:
        return np.ones(case.n.shape, dtype=bool), c
    wrong = case.wrong
    if wrong.sum() < 2:
        return wrong, None
    return wrong, multiple(case.a[wrong], case.n[wrong], case.slack[wrong])


def _spread(case, where):
    """How far the ratio strays from its median, relative, over the entries that are not small."""
    a, n = case.a[where & case.seen], case.n[where & case.seen]
    return ratio(a, n)[1] if n.any() else 0.0


def _place(case, where):
    """The block that the entries fill, in words: "axis 0: 4 to 7", or their first index."""
    for i, size in enumerate(where.shape):
        over = tuple(j for j in range(where.ndim) if j != i)
        if np.array_equal(where.any(axis=over), where.all(axis=over)):
            hit = np.flatnonzero(where.any(axis=over))
            if len(hit) < size and np.ptp(hit) == len(hit) - 1:
                return f"{case.axis(i)}: {hit[0]} to {hit[-1]}"
    return f"first at {tuple(map(int, np.argwhere(where)[0]))}"


def _named(case, c, matches):
    """(cause, matched text, sentence), the most specific first, of the causes that have a name of their own."""
    lora = [m for m in matches if _is_lora(case, m)]
    roots = [m for m in matches if m.kind == "sqrt" and (not equal(c, 2) or _is_head_size(case, m))]
    whole = [m for m in matches if m.kind == "size"]
    inverse_root = next((m for m in matches if m.kind == "number" and _is_attention_number(case, m)), None)
    if lora:
        text = lora[0].text
        yield Cause.MISSING_LORA_SCALE, text, f"{text} is the inverse of LoRA's scale, which was left out."
    elif roots and (_attends(case) or not (whole or equal(c, 2))):
        text = roots[0].text
        yield Cause.MISSING_ATTENTION_SCALE, text, f"the factor is {text}, as where forward divides by it and backward does not."
    elif inverse_root:
        text = inverse_root.text
        yield Cause.MISSING_ATTENTION_SCALE, text, f"forward's scale, the inverse of {text}, was left out."
    if equal(c, 2):
        yield Cause.DOUBLE_COUNTED, "2", "it is counted twice."
    if whole:
        text = whole[0].text
        either = " or ".join([text, *(name for name, n in counts(case.context).items() if equal(c, n) and name != text)])
        yield Cause.MISSING_MEAN, text, f"the factor is {either}, as where a mean is taken over it and the division is left out."


def _is_lora(case, m):
    """r/alpha, or 1/s where LoRA's A and B, or alpha, are at hand."""
    if m.kind != "number":
        return False
    if len(m.parts) == 2 and m.parts[1] == "alpha" and m.text.endswith("/alpha"):
        return True
    at_hand = {"A", "B"} <= {key.rpartition(".")[2] for key in case.context.arrays} or "alpha" in case.context.numbers
    return at_hand and m.text.startswith("1/") and m.parts[0].rpartition(".")[2] in SCALE_NAMES


def _is_attention_number(case, m):
    """1/s for a number s that is the inverse root of a size."""
    if len(m.parts) != 1 or m.text != f"1/{m.parts[0]}":
        return False
    s = case.context.numbers[m.parts[0]]
    return any(equal(s, size**-0.5) for array in case.context.arrays.values() for size in array.shape if size > 1)


def _is_head_size(case, m):
    """Whether the size below the root is that of the input's last axis: 2 = sqrt(4) is a common number otherwise."""
    return equal(case.n.shape[-1] ** 0.5 if case.n.ndim > 1 else 0.0, 2) or m.parts[0].lower().startswith("d")


def _attends(case):
    """Whether forward keeps a softmax (rows of positive numbers that sum to 1), as attention does."""
    return any(
        a.ndim > 1 and a.shape[-1] > 1 and a.min() >= 0 and a.max() <= 1 and np.allclose(a.sum(axis=-1), 1, atol=1e-9)
        for name, a in case.floating.items()
        if is_cached(name)
    )
