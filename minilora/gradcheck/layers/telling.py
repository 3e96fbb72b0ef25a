"""How a model's report tells which gradients follow from the mistake that was located, and which were never looked into."""

from dataclasses import replace

from minilora.gradcheck.finding import Cause, Finding, entry_name

NO_LAYERS_FAULT = (Cause.DEAD_PARAMETER, Cause.KINK, Cause.ROUNDING)


def wrong_by_a_layer(report):
    """The names of the parameters whose gradients are wrong by what some layer does."""
    wrong = [name for name, record in report.inputs.items() if not record.ok]
    return [name for name in wrong if any(f.input == name and f.cause not in NO_LAYERS_FAULT for f in report.findings)]


def not_following(wrong, findings):
    """The model's findings without those that only say that a gradient is wrong: the located ones say how many are."""
    return [f for f in findings if f.input not in wrong or f.cause not in (Cause.WRONG, Cause.WRONG_SHAPE)]


def between(findings, wrong):
    """The findings, the first of which says that no layer is to blame."""
    place = next(i for i, finding in enumerate(findings) if finding.input in wrong)
    message = "Every layer is right by itself, so the mistake is in the model's own backward: the gradient of the loss, or "
    message += f"the way from layer to layer. {findings[place].message}"
    return [*findings[:place], replace(findings[place], message=message), *findings[place + 1 :]]


def skipped(report, layer, name):
    """The Finding about a layer whose backward is not called, and its parameter."""
    cut = not report[name].analytic.any()
    message = f"{layer} runs in forward, and its backward is not called: {entry_name(name)} "
    message += "is zero." if cut else "gets what other uses of it give, and not this layer's part."
    return Finding(Cause.GRADIENT_CUT if cut else Cause.MISSING_TERM, name, None, None, message, matched=layer)
