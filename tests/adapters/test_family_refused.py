"""What a method cannot do is refused with a sentence that names it, and nothing is changed."""

import numpy as np
import pytest

from minilora.adapters import (
    EVA,
    METHODS,
    SVFT,
    DoRA,
    LoKr,
    LoRA,
    LoRAFA,
    LoRAGA,
    OLoRA,
    PiSSA,
    QLoRA,
    VeRA,
    find_method,
    inject,
    merge,
)

RANKED = [method for method, spec in METHODS.items() if "r" in spec.__dataclass_fields__]


@pytest.fixture
def refuses(state, same):
    """refuses(model, message, spec, targets, **options): inject raises that ValueError, and the model is as before."""

    def check(model, message, spec, targets, **options):
        before = state(model)
        with pytest.raises(ValueError, match=message) as error:
            inject(model, spec, targets, **options)
        assert same(state(model), before) and "\n" not in str(error.value)

    return check


@pytest.mark.parametrize("method", [method for method in RANKED if method != "vera"])
def test_a_rank_over_the_matrixs(small, batch, refuses, method):
    spec, at_most = METHODS[method], 3 if method == "lora-ga" else 6
    given = {"batch": batch} if spec.evidence else {}
    limit = "min\\(in, out\\)/2=3" if method == "lora-ga" else "min\\(in, out\\)=6"
    message = f"^{method} rank must be between 1 and {limit}, got {at_most + 1}$"
    refuses(small(), message, spec(r=at_most + 1), ("blocks.*.attn.*", "mlp.down"), **given)
    inject(small(), spec(r=at_most), "mlp.down", **given)


@pytest.mark.parametrize("method", RANKED)
@pytest.mark.parametrize("r", [0, -1, 2.0, "8", None, True])
def test_a_rank_that_is_no_rank(method, r):
    with pytest.raises(ValueError, match=f"^{method} rank must be an integer of at least 1, got {r!r}$"):
        METHODS[method](r=r)


@pytest.mark.parametrize("method", ["lora-ga", "eva"])
def test_a_method_that_starts_from_data_needs_a_batch(small, refuses, method):
    name = METHODS[method].__name__
    message = rf"^{name} starts from data: give batch=\(ids, targets\), as model.loss takes them$"
    refuses(small(), message, METHODS[method](r=2), "attn.q")


@pytest.mark.parametrize("method", [method for method, spec in METHODS.items() if spec.evidence is None])
def test_the_others_take_none(small, batch, refuses, method):
    message = f"^{METHODS[method].__name__} does not start from data: leave batch out, or None$"
    refuses(small(), message, METHODS[method](), "attn.q", batch=batch)


def test_a_batch_that_gives_no_gradient(small, refuses):
    """Two lone tokens: the only key is attended to whatever the query is."""
    ids = np.array([[1], [2]])
    message = "^lora-ga: the batch gives blocks.0.attn.q.W no gradient: give another"
    refuses(small(), message, LoRAGA(r=2), "attn.q", batch=(ids, ids))


def test_a_batch_with_fewer_tokens_than_the_rank(small, refuses):
    ids = np.array([[1, 2, 3]])
    message = "^eva rank must be at most the number of tokens in the batch, 3, got 4$"
    refuses(small(), message, EVA(r=4), "attn.q", batch=(ids, ids))
    inject(small(), EVA(r=3), "attn.q", batch=(ids, ids))


@pytest.mark.parametrize("method", METHODS)
def test_nothing_hangs_beside_dora_nor_dora_beside_anything(small, batch, refuses, method, spec_of):
    spec = spec_of(method)
    given = {"batch": batch} if spec.evidence else {}
    model = small()
    inject(model, DoRA(r=2), "attn.q", name="turned")
    message = "^blocks.0.attn.q has an adapter 'turned', and dora does not add up with others: remove it first$"
    refuses(model, message, spec, ("attn.q", "attn.v"), name="other", **given)
    inject(model, spec, "attn.v", name="other", **given)
    message = "^blocks.0.attn.v has an adapter 'other', and dora does not add up with others: remove it first$"
    refuses(model, message, DoRA(r=2), "attn.v")


@pytest.mark.parametrize("method", [method for method in METHODS if method not in ("lora", "rslora")])
def test_an_embedding_takes_lora_alone(small, batch, refuses, method, spec_of):
    given = {"batch": batch} if METHODS[method].evidence else {}
    message = f"^{method} has no form for an embedding: take lora there, or leave embed.W out$"
    refuses(small(), message, spec_of(method), ("attn.q", "embed"), **given)


def test_dora_needs_rows_with_a_direction(small, refuses):
    model = small()
    model.blocks[1].attn.q.W.data[3] = 0
    message = "^dora turns the rows of blocks.1.attn.q.W, and a row of it is zero, without a direction: leave it out$"
    refuses(model, message, DoRA(r=2), "attn.q")


@pytest.mark.parametrize(("name", "nearest"), [("Lora", "lora"), ("lora_xs", "lora-xs"), ("doora", "dora"), ("Lokr", "lokr")])
def test_an_unknown_method_names_the_nearest(name, nearest):
    with pytest.raises(ValueError, match=f"^no method is named {name!r}; did you mean {nearest!r}[?] there are lora, rslora, "):
        find_method(name)
    assert find_method(nearest) is METHODS[nearest]


@pytest.mark.parametrize(("make", "message"), [
    (lambda: PiSSA(alpha=0), "^pissa alpha must be above 0, for S_r / s has a root, got 0$"),
    (lambda: PiSSA(alpha_pattern={"q": -1}), "^pissa alpha must be above 0, for S_r / s has a root, got -1$"),
    (lambda: LoRAGA(gamma=0), "^lora-ga gamma must be a number above 0, got 0$"),
    (lambda: LoRAGA(gamma="x"), "^lora-ga gamma must be a finite number, got 'x'$"),
    (lambda: LoRA(rank_pattern={1: 2}), "^lora rank_pattern must map layer patterns, such as 'attn.q', got 1$"),
    (lambda: LoRAGA(c=-1.0), "^lora-ga c must be a number above 0, got -1.0$"),
    (lambda: DoRA(dropout=0.1), "^dora takes no dropout: its length n belongs to all of x; set dropout=0, got 0.1$"),
    (lambda: DoRA(detached="no"), "^dora detached must be True or False, got 'no'$"),
    (lambda: VeRA(d0=0), "^vera d0 must be a finite number that is not 0, or nothing would learn, got 0$"),
    (lambda: VeRA(d0="1"), "^vera d0 must be a finite number that is not 0, or nothing would learn, got '1'$"),
    (lambda: VeRA(seed=-1), "^vera seed must be an integer of at least 0, got -1$"),
    (lambda: SVFT(band=-1), "^svft band must be an integer of at least 0, got -1$"),
    (lambda: SVFT(band=1.0), "^svft band must be an integer of at least 0, got 1.0$"),
    (lambda: LoKr(factor=0), "^lokr factor must be an integer of at least 1, got 0$"),
    (lambda: LoKr(factor=True), "^lokr factor must be an integer of at least 1, got True$"),
    (lambda: LoKr(alpha="1"), "^lokr alpha must be a finite number, got '1'$"),
    (lambda: OLoRA(dropout=1), r"^olora dropout must be in \[0, 1\), got 1$"),
    (lambda: LoRAFA(bias="some"), "^lora-fa bias must be one of none, all, lora_only, got 'some'$"),
])  # fmt: skip
def test_settings_out_of_range(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_method_that_cannot_merge_is_told_apart(small, state, same):
    """With nothing changed, though another layer could."""
    model = small()
    inject(model, LoRA(r=2), "attn.v", name="plain")
    inject(model, QLoRA(r=2), "attn.q", name="quantised")
    before = state(model)
    with pytest.raises(ValueError, match="^blocks.0.attn.q.W is held in 4 bits, to which nothing can be added: call dequantize"):
        merge(model)
    assert same(state(model), before)
    merge(model, "plain")


@pytest.mark.parametrize("targets", [None, 3, ("attn.q", 3)])
def test_targets_that_are_no_names(small, refuses, targets):
    refuses(small(), r"^targets must be names of layers, such as \('attn.q', 'attn.v'\), got ", LoRA(r=2), targets)


@pytest.mark.parametrize(("batch", "got"), [(5, "5"), ((np.ones((2, 3), int),), "1 entries")])
def test_a_batch_that_is_none(small, refuses, batch, got):
    message = rf"^batch must be \(ids, targets\) or \(ids, targets, mask\), as model.loss takes them, got {got}$"
    refuses(small(), message, EVA(r=2), "attn.q", batch=batch)


def test_veras_rank_may_be_larger_than_the_matrix(small, batch, away):
    """The paper's is 1024 at d = 768: it is the size of the shared random pair."""
    model = small().eval()
    inject(model, VeRA(r=20), "attn.q")
    away(model)
    assert model.blocks[0].attn.q.adapters["default"].A.shape == (20, 6)
    before = model.forward(batch[0])
    merge(model)
    np.testing.assert_allclose(model.forward(batch[0]), before, rtol=1e-10)
