"""Check every registered formula, and whole models, against numeric gradients."""

from dataclasses import fields

from tqdm import tqdm

from minilora.adapters import METHODS, inject
from minilora.backend import as_generator, asarray
from minilora.gradcheck import check, check_model
from minilora.nn import Transformer, TransformerConfig
from minilora.nn.config import PRESETS
from minilora.ops import registry

SHRUNK = {"vocab_size": 7, "block_size": 4, "n_layers": 2, "n_heads": 2, "n_kv_heads": 1, "d_model": 8, "d_mlp": 5}
MOVE = 0.3
UNSEEN = ("attn.k.b",)  # without rope it adds one number to all scores of a query, which softmax does not see


def verify(names=(), rng=0, progress=True):
    """{op name: Report} for the named ops, or for all. ValueError for a name that is not registered."""
    for name in names:
        if name not in registry:
            raise ValueError(f"no op is named {name!r}; there are {', '.join(registry)}")
    chosen = names or list(registry)
    return {name: verify_op(registry[name], rng) for name in tqdm(chosen, unit="op", disable=not progress, leave=False)}


def verify_op(op, rng=0):
    """The Report of one op on the inputs that it makes itself."""
    return check(op.forward, op.backward, op.make_inputs(as_generator(rng)), dict(op.constants), rng=rng, dims=op.sizes)


def verify_models(rng=0, progress=True):
    """{preset: Report} of whole models: each preset shrunk, in float64, every parameter checked, at values of order one."""
    return {preset: verify_model(preset, rng) for preset in tqdm(PRESETS, unit="model", disable=not progress, leave=False)}


def verify_model(preset, rng=0, method=None):
    """The Report of one preset, or of what an adapter of the method trains in it.

    Ids repeat, a target does not count, and a token is padding, so that no mistake is hidden.
    """
    rng = as_generator(rng)
    model = Transformer(TransformerConfig.preset(preset, **SHRUNK), rng, dtype="float64")
    ids, targets = (rng.integers(0, SHRUNK["vocab_size"], (3, 4)) for _ in range(2))
    ids[0, :2], targets[1, 1] = ids[1, 0], -100
    mask = [[True, True, True, False], [True] * 4, [True] * 4]
    types = rng.integers(0, 2, (3, 4)) if model.token_types else None
    if method is not None:
        adapt(model, method, (ids, targets, mask), rng)
    unseen = () if method is not None or model.config.position == "rope" else UNSEEN
    return check_model(model, ids, targets, mask, types, rng=rng, zero=unseen)


def verify_methods(rng=0, progress=True):
    """{"tiny-gpt + method": Report} of the whole family, each on every matrix of the blocks, away from its start."""
    chosen = tqdm(METHODS, unit="method", disable=not progress, leave=False)
    return {f"tiny-gpt + {method}": verify_model("tiny-gpt", rng, method) for method in chosen}


def adapt(model, method, batch, rng):
    """Hang an adapter of the method in every matrix of the blocks, and move what it trains: at zero a mistake may not show.

    DoRA's length counts as it does in the formula, not as a constant: the gradient that the paper takes instead is another one.
    """
    spec = METHODS[method]
    there = {field.name for field in fields(spec)}
    spec = spec(**{name: value for name, value in (("r", 2), ("detached", False)) if name in there})
    inject(model, spec, rng=rng, batch=batch if spec.evidence else None)
    for p in model.parameters():
        if p.trainable:
            p.data = p.data + asarray(MOVE * rng.standard_normal(p.data.shape))


def table(reports):
    """The reports as lines of text: name, lesson, elements compared, largest error, verdict."""
    lessons = {name: registry[name].lesson if name in registry else "" for name in reports}
    lines = [f"{'name':<26}{'lesson':>7}{'elements':>10}{'max error':>12}  verdict"]
    for name in sorted(reports, key=lessons.get):
        report = reports[name]
        elements = sum(result.analytic.size for result in report.inputs.values())
        verdict = "ok" if report.ok else "WRONG"
        lines.append(f"{name:<26}{lessons[name]:>7}{elements:>10}{report.max_error:>12.1e}  {verdict}")
    passed = sum(report.ok for report in reports.values())
    what = "formulas" if all(lessons.values()) else "models"
    lines.append(f"{passed} of {len(reports)} {what} agree with numeric gradients to a relative error of 1e-6")
    return "\n".join(lines)
