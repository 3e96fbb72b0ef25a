"""Distillation: its loss from the definition, its gradient from the loss, and what must stay as it is."""

import numpy as np
import pytest
import scipy.special

from minilora import backend
from minilora.adapters import LoRA, inject
from minilora.compress import Distillation, Masked, SoftLabelDistillation, prune, score_weights, sparsity
from minilora.data import LanguageBatches
from minilora.gradcheck import check_model
from minilora.nn import Transformer, TransformerConfig
from minilora.training import AdamW, Trainer, load_checkpoint

IDS = np.array([[1, 5, 0, 3], [2, 2, 6, 4]])
TARGETS = np.array([[5, 0, 3, -100], [2, 6, 4, 1]])
MASK = np.array([[1, 1, 1, 0], [1, 1, 1, 1]])
UNSEEN = ("attn.k.b",)
WRAPS = {
    "hinton": lambda student, teacher: Distillation(student, teacher, alpha=0.3, tau=2.7),
    "soft alone": lambda student, teacher: Distillation(student, teacher, alpha=0, tau=0.8),
    "article A": lambda student, teacher: SoftLabelDistillation(student, teacher, weight=0.4),
}


@pytest.fixture
def teacher(small):
    """A larger model with the vocabulary of the small ones, other weights, and its dropout on."""
    return small("tiny-llama", d_model=8, n_layers=1, vocab_size=7, dropout=0.4).train()


def definition(student, teacher, hard, soft, tau, entropy, *more):
    """The loss written out for each row that counts, with SciPy's functions."""
    rows = TARGETS != -100
    s, t = student.forward(IDS, *more)[rows], teacher.forward(IDS, *more)[rows]
    CE = -scipy.special.log_softmax(s, axis=1)[np.arange(len(s)), TARGETS[rows]].mean()
    p_t, p_s = scipy.special.softmax(t / tau, axis=1), scipy.special.softmax(s / tau, axis=1)
    KL = scipy.special.rel_entr(p_t, p_s).sum(axis=1).mean()
    H = scipy.special.entr(p_t).sum(axis=1).mean()
    return hard * CE + soft * (tau**2 * KL + entropy * H)


@pytest.mark.parametrize(
    ("wrap", "terms"), [("hinton", (0.3, 0.7, 2.7, 0)), ("soft alone", (0, 1, 0.8, 0)), ("article A", (1, 0.4, 1, 1))]
)
def test_the_loss_is_its_definition(small, teacher, wrap, terms):
    student = small("tiny-gpt")
    assert WRAPS[wrap](student, teacher).loss(IDS, TARGETS) == pytest.approx(definition(student, teacher, *terms), rel=1e-12)


def test_the_teacher_sees_what_the_student_sees(small):
    """Padding and token types, which an encoder does not ignore, reach both."""
    student, teacher, types = small("tiny-bert", n_layers=1), small("tiny-bert"), np.array([[0, 1, 1, 0], [1, 0, 0, 0]])
    loss = Distillation(student, teacher, alpha=0.3, tau=2.7).loss(IDS, TARGETS, MASK, types)
    terms = (0.3, 0.7, 2.7, 0)
    assert loss == pytest.approx(definition(student, teacher, *terms, MASK, types), rel=1e-12)
    for less in ((), (MASK,), (None, types)):
        assert loss != pytest.approx(definition(student, teacher, *terms, *less), rel=1e-6)


def test_the_articles_soft_part_is_a_cross_entropy(small, teacher):
    """CE(teacher's soft labels, student) written out, without the detour over KL."""
    student, rows = small("tiny-gpt"), TARGETS != -100
    distillation = SoftLabelDistillation(student, teacher, weight=0.5)
    s, t = student.forward(IDS)[rows], teacher.forward(IDS)[rows]
    soft = -(scipy.special.softmax(t, axis=1) * scipy.special.log_softmax(s, axis=1)).sum(axis=1).mean()
    assert distillation.loss(IDS, TARGETS) == pytest.approx(student.loss(IDS, TARGETS) + 0.5 * soft, rel=1e-12)


@pytest.mark.parametrize("masked", [False, True], ids=["all seen", "padding"])
@pytest.mark.parametrize("wrap", WRAPS)
def test_every_gradient_of_the_student(small, teacher, wrap, masked):
    distillation = WRAPS[wrap](small("tiny-gpt", n_layers=1), teacher)
    report = check_model(distillation, IDS, TARGETS, *([MASK] if masked else []), rtol=1e-6, zero=UNSEEN)
    assert report.ok, str(report)


def test_every_gradient_of_a_student_that_classifies(small):
    student = small("tiny-gpt", n_classes=3, n_layers=1)
    teacher = small("tiny-bert", n_classes=3, n_layers=1, rng=3)
    for p in teacher.parameters():
        p.data = p.data[::-1] if p.data.ndim == 1 else p.data * 0.7
    report = check_model(Distillation(student, teacher), IDS, np.array([2, 0]), rtol=1e-6, zero=UNSEEN)
    assert report.ok, str(report)


def gradients(model):
    model.zero_grad()
    model.loss(IDS, TARGETS)
    model.backward()
    return {name: p.grad.copy() for name, p in model.named_parameters()}


def test_the_articles_loss_is_hintons_at_temperature_one_but_for_a_factor(small, teacher):
    student, weight = small("tiny-gpt"), 0.4
    article = gradients(SoftLabelDistillation(student, teacher, weight))
    hinton = gradients(Distillation(student, teacher, alpha=1 / (1 + weight), tau=1.0))
    for name, g in article.items():
        np.testing.assert_allclose(g, (1 + weight) * hinton[name], rtol=1e-9, atol=1e-14)


def test_hard_targets_alone_are_plain_training(small, teacher):
    student = small("tiny-gpt")
    plain, hard = gradients(student), gradients(Distillation(student, teacher, alpha=1))
    assert all(np.allclose(hard[name], g, rtol=1e-12, atol=1e-15) for name, g in plain.items())
    assert Distillation(student, teacher, alpha=1).loss(IDS, TARGETS) == student.loss(IDS, TARGETS)


def test_a_student_like_its_teacher_has_nothing_to_learn_from_it(small):
    student, teacher = small("tiny-gpt"), small("tiny-gpt")
    distillation = Distillation(student, teacher, alpha=0)
    assert distillation.loss(IDS, TARGETS) == pytest.approx(0, abs=1e-15)
    assert all(np.abs(g).max() < 1e-15 for g in gradients(distillation).values())


def test_what_a_target_leaves_out_moves_nothing(small, teacher):
    student = small("tiny-gpt")
    first = gradients(Distillation(student, teacher))
    other = IDS.copy()
    other[0, 3] = 0  # both are causal: only the row whose target is -100 sees it
    distillation = Distillation(student, teacher)
    distillation.zero_grad()
    distillation.loss(other, TARGETS)
    distillation.backward()
    for name, p in distillation.named_parameters():
        np.testing.assert_allclose(p.grad, first[name], rtol=1e-9, atol=1e-15)


def trainer(small, teacher, folder=None, seed=0):
    student = small("tiny-gpt", dropout=0.2, rng=seed)
    batches = LanguageBatches(list(range(7)) * 9, 5, 3, rng=0)
    return Trainer(
        Distillation(student, teacher), AdamW(student.parameters(), lr=0.02), batches, folder=folder, clip=1.0, progress=False,
        evaluate=lambda model: {"held out": model.model.loss(IDS, TARGETS)}, evaluate_every=3,
    )  # fmt: skip


def test_the_trainer_trains_the_student_and_leaves_the_teacher_alone(small, teacher):
    before, state = [p.data.copy() for p in teacher.parameters()], teacher.rng.bit_generator.state
    run = trainer(small, teacher)
    run.run(60)
    assert run.history[-1]["loss"] < 0.8 * run.history[0]["loss"] and "held out" in run.history[2]
    assert not teacher.training and not teacher.blocks[0].training and run.model.training
    assert teacher.rng.bit_generator.state == state
    assert all(np.array_equal(p.data, b) and not p.grad.any() for p, b in zip(teacher.parameters(), before, strict=True))


def test_a_run_resumes_to_the_same_bits_and_its_checkpoint_is_the_students(small, teacher, tmp_path):
    whole = trainer(small, teacher)
    whole.run(9)
    trainer(small, teacher, tmp_path).run(4)
    resumed = trainer(small, teacher, tmp_path, seed=1)
    assert resumed.resume() and resumed.step == 4
    resumed.run(9)
    assert [row["loss"] for row in resumed.history] == [row["loss"] for row in whole.history]
    student = small("tiny-gpt", rng=5)
    for p in student.parameters():
        p.data = p.data * 0
    load_checkpoint(tmp_path, student)
    for a, b in zip(student.parameters(), whole.model.parameters(), strict=True):
        assert np.array_equal(a.data, b.data)


def test_an_adapters_factors_are_all_that_learns(small, teacher):
    student = small("tiny-gpt")
    inject(student, LoRA(r=2, alpha=4), targets=("attn.q",))
    distillation = Distillation(student, teacher)
    distillation.loss(IDS, TARGETS)
    distillation.backward()
    learned = [name for name, p in student.named_parameters() if p.grad is not None]
    assert learned and all("lora" in name for name in learned)


def test_a_pruned_student_learns_and_stays_pruned(small, teacher):
    student = small("tiny-gpt")
    masks = prune(student, score_weights(student, "magnitude"), share=0.5)
    batches = LanguageBatches(list(range(7)) * 9, 5, 3, rng=0)
    masked = Masked(Distillation(student, teacher), masks)
    history = Trainer(masked, AdamW(student.parameters(), lr=0.02), batches, progress=False).run(60)
    assert history[-1]["loss"] < 0.8 * history[0]["loss"] and sparsity(student)["total"] == 0.5


def test_the_articles_call_with_logits_as_targets_is_refused(small, teacher):
    """A loss that wants a class for each position gets V numbers for each: article A's code does that."""
    student = small("tiny-gpt")
    with pytest.raises(ValueError, match=r"^targets must have the shape \(2, 4\), got \(2, 4, 7\)"):
        student.loss(IDS, teacher.forward(IDS))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": 1.1}, "alpha must be from 0 to 1, the weight of the hard targets, got 1.1"),
        ({"alpha": float("nan")}, "alpha must be from 0 to 1, the weight of the hard targets, got nan"),
        ({"tau": 0}, "tau must be a number > 0, got 0"),
        ({"tau": float("inf")}, "tau must be a number > 0, got inf"),
    ],
)
def test_weights_that_cannot_be_are_refused(small, teacher, options, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        Distillation(small("tiny-gpt"), teacher, **options)


def test_models_that_cannot_be_compared_are_refused(small, teacher):
    student = small("tiny-gpt")
    with pytest.raises(ValueError, match="^weight must be a number >= 0, the article's lambda, got -1"):
        SoftLabelDistillation(student, teacher, weight=-1)
    with pytest.raises(ValueError, match="^student and teacher are one model: build a student of its own"):
        Distillation(student, student)
    with pytest.raises(ValueError, match="^student and teacher have different vocabularies: vocab_size=7 and 11; soft targets"):
        Distillation(student, small("tiny-gpt", vocab_size=11))
    with pytest.raises(ValueError, match="^student and teacher have different classes: n_classes=None and 3; soft targets need"):
        Distillation(student, small("tiny-gpt", n_classes=3))
    with pytest.raises(ValueError, match="^the student reads longer texts than the teacher can: block_size=5 and 4; give"):
        Distillation(student, small("tiny-gpt", block_size=4))
    assert student.training and teacher.training  # refused before anything changed


def test_backward_needs_a_loss_and_consumes_it(small, teacher):
    distillation = Distillation(small("tiny-gpt"), teacher)
    with pytest.raises(RuntimeError, match=r"^backward\(\) needs loss\(\) before it"):
        distillation.backward()
    distillation.loss(IDS, TARGETS)
    distillation.backward()
    with pytest.raises(RuntimeError, match=r"^backward\(\) needs loss\(\) before it"):
        distillation.backward()


def test_a_student_may_compute_in_another_dtype(small, teacher):
    student = small("tiny-gpt", dtype="float32")
    distillation = Distillation(student, teacher)
    expected = Distillation(small("tiny-gpt"), teacher).loss(IDS, TARGETS)
    assert distillation.loss(IDS, TARGETS) == pytest.approx(expected, rel=1e-5)
    distillation.backward()
    assert all(p.grad.dtype == np.float32 for p in student.parameters())


@pytest.mark.parametrize("kind", [Distillation, SoftLabelDistillation])
def test_distillation_on_a_device(strict, run_on, kind):
    def learn():
        config = TransformerConfig(7, block_size=5, n_layers=1, n_heads=2, d_model=6)
        student, teacher = (Transformer(config, rng=rng, dtype="float64") for rng in (0, 1))
        distillation = kind(student, teacher)
        loss = distillation.loss(IDS, TARGETS)
        distillation.backward()
        return {name: p.grad for name, p in student.named_parameters()} | {"loss": backend.asarray(loss)}

    expected, got = learn(), run_on(strict, learn)
    for name, a in got.items():
        np.testing.assert_allclose(strict.asnumpy(a), expected[name], rtol=1e-9, atol=1e-14)
