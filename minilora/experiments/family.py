"""The whole family in one table: the methods that hang in a layer, and those that are an optimiser or a schedule."""

from inspect import signature

from minilora.adapters import LoRA, family
from minilora.training import AdaLoRAAdamW, GaLore, lora_plus

SIZES = (128, 4096)
MERGES = {True: "yes", False: "once dequantised", None: "W itself changes"}


def table(sizes=SIZES):
    """A dict for each method, as `adapters.family.table` gives them; "mergeable" is None where W itself changes."""
    rows = {row["method"]: row for row in family.table(sizes)}
    rows["adalora"] |= {"bytes": _of_adalora(rows["adalora"]["values"])}
    return [_full(sizes), *rows.values(), *_of_training(sizes)]


def _of_adalora(values):
    """{d: bytes}: its optimiser keeps the importances of what is trained beside Adam's moments."""
    kept = len(AdaLoRAAdamW.flat_moments + AdaLoRAAdamW.importances)
    return {d: kept * family.FLOAT32 * count for d, count in values.items()}


def _full(sizes):
    """Every value of W and of Adam's moments; nothing is computed besides W."""
    words = {"method": "full tuning", "formula": "any", "initial": "W", "scaling": "1", "size": ""}
    values = {d: d * d for d in sizes}
    costs = {"values": values, "bytes": {d: family.MOMENTS * family.FLOAT32 * n for d, n in values.items()}}
    return words | costs | {"flops": dict.fromkeys(sizes, 0), "mergeable": None}


def _of_training(sizes):
    """GaLore and Flora keep m and v of (r, d) and a P of (d, r); LoRA+ and ReLoRA cost what LoRA does."""
    lora, full, r = family.row(LoRA(), sizes), _full(sizes), LoRA().r
    ratio, kappa = (signature(f).parameters[name].default for f, name in ((lora_plus, "ratio"), (GaLore, "kappa")))
    projected = full | {"size": f"r = {r}", "bytes": {d: (family.MOMENTS + 1) * family.FLOAT32 * r * d for d in sizes}}
    return [
        lora | {"method": "lora+", "initial": f"{lora['initial']}; B learns {ratio} times as fast"},
        lora | {"method": "relora", "formula": "sum of s B A over restarts", "initial": f"{lora['initial']}, at each restart"},
        projected | {
            "method": "galore", "formula": "sum of P N", "scaling": str(kappa),
            "initial": "W; P = first r singular vectors of a gradient, N = Adam's step on P^T G",
        },
        projected | {"method": "flora", "formula": "sum of P N", "initial": "W; P random, N = Adam's step on P^T G"},
    ]  # fmt: skip


def cells(rows):
    """(headings, lines): the table as words, one line a method. Bytes and FLOPs are those of the largest d."""
    sizes = list(rows[0]["values"])
    large = max(sizes)
    headings = ["method", "Delta W", "start", "scale s", "size", *(f"trained, d = {d:,}" for d in sizes)]
    headings += [f"Adam's bytes, d = {large:,}", f"extra FLOPs a token, d = {large:,}", "merges"]
    lines = []
    for row in rows:
        numbers = [*(row["values"][d] for d in sizes), row["bytes"][large], row["flops"][large]]
        words = [row[name] for name in ("method", "formula", "initial", "scaling", "size")]
        lines.append([*words, *(f"{n:,}" for n in numbers), MERGES[row["mergeable"]]])
    return headings, lines


def markdown(rows):
    """The table as Markdown."""
    headings, lines = cells(rows)
    lines = [[name, f"`{formula}`", *rest] for name, formula, *rest in lines]
    rule = ["---"] * 5 + ["--:"] * (len(headings) - 6) + ["---"]
    return "\n".join(f"| {' | '.join(line)} |" for line in (headings, rule, *lines))


def text(rows):
    """The table for a terminal, in two parts: what the methods are, then what they cost."""
    headings, lines = cells(rows)
    what = [[line[i] for i in (0, 1, 3, 2)] for line in (headings, *lines)]
    cost = [[line[0], *line[4:]] for line in (headings, *lines)]
    return f"{_aligned(what)}\n\n{_aligned(cost)}"


def _aligned(lines):
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    numeric = [all(cell.replace(",", "").isdigit() for cell in column[1:]) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(w) if n else cell.ljust(w) for cell, w, n in zip(line, widths, numeric, strict=True)).rstrip()
        for line in lines
    )
