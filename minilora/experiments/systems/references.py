"""What every system is compared with: the base as it is, full tuning, and LoRA."""

from minilora.adapters import LoRA, inject
from minilora.experiments.systems.contestant import Adapted, Contestant
from minilora.training import AdamW


def untouched(arena, rate, seed, steps):
    """The base."""
    return Adapted(arena.model())


def full(arena, rate, seed, steps):
    """Every parameter learns."""
    return learn(arena, arena.model(), rate, seed, steps)


def lora(arena, rate, seed, steps):
    """LoRA on every matrix of the blocks."""
    return with_adapter(arena, LoRA(r=arena.setting.rank, alpha=2 * arena.setting.rank), rate, seed, steps)


def with_adapter(arena, spec, rate, seed, steps, batch=False):
    """A spec on every matrix of the blocks, trained by AdamW. batch: whether it starts from the first batch."""
    model = arena.model()
    inject(model, spec, rng=seed, batch=next(arena.batches(seed)) if batch else None)
    return learn(arena, model, rate, seed, steps)


def learn(arena, model, rate, seed, steps):
    """AdamW on whatever learns in the model."""
    optimizer = AdamW(model.parameters(), lr=rate)
    return Adapted(model, optimizer, arena.train(model, optimizer, seed, steps))


CONTESTANTS = (
    Contestant("base", "base, not adapted", "", False, untouched, None),
    Contestant("full", "full tuning", "", False, full, 1e-3),
    Contestant("lora", "LoRA", "", False, lora, 5e-3),
)
STUDIES = ()
