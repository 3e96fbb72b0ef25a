"""Check every registered formula against numeric gradients."""

from tqdm import tqdm

from minilora.backend import as_generator
from minilora.gradcheck import check
from minilora.ops import registry


def verify(names=(), rng=0, progress=True):
    """{op name: Report} for the named ops, or for all. ValueError for a name that is not registered."""
    for name in names:
        if name not in registry:
            raise ValueError(f"no op is named {name!r}; there are {', '.join(registry)}")
    chosen = names or list(registry)
    return {name: verify_op(registry[name], rng) for name in tqdm(chosen, unit="op", disable=not progress, leave=False)}


def verify_op(op, rng=0):
    """The Report of one op on the inputs that it makes itself."""
    return check(op.forward, op.backward, op.make_inputs(as_generator(rng)), dict(op.constants), rng=rng)


def table(reports):
    """The reports as lines of text: op, lesson, elements compared, largest error, verdict."""
    lines = [f"{'op':<26}{'lesson':>7}{'elements':>10}{'max error':>12}  verdict"]
    for name, report in sorted(reports.items(), key=lambda entry: registry[entry[0]].lesson):
        elements = sum(result.analytic.size for result in report.inputs.values())
        verdict = "ok" if report.ok else "WRONG"
        lines.append(f"{name:<26}{registry[name].lesson:>7}{elements:>10}{report.max_error:>12.1e}  {verdict}")
    passed = sum(report.ok for report in reports.values())
    lines.append(f"{passed} of {len(reports)} formulas agree with numeric gradients to a relative error of 1e-6")
    return "\n".join(lines)
