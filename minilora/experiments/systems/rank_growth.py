"""Article D: how the rank of Delta W grows, where directions are drawn anew and where they are not.

LoRA                    rank(Delta W) <= r, however long it is trained
ReLoRA, GaLore, Flora   at most r more with each draw
full tuning             any rank, from the first step of Adam on
"""

from minilora.experiments.systems import local_random, references
from minilora.experiments.systems.arena import Arena
from minilora.experiments.systems.contestant import dense, ranks
from minilora.experiments.systems.study import Study


class RankWatch(Arena):
    """An arena that notes the rank of Delta W, the mean over the blocks' matrices, at a quarter, half and the end."""

    def train(self, model, optimizer, seed, steps, schedule=None, batches=None):
        self.noted, self.before = {}, dense(self.model())
        batches = self.watched(model, batches or self.batches(seed), {steps // 4: 25, steps // 2: 50})
        history = super().train(model, optimizer, seed, steps, schedule, batches)
        self.note(model, 100)
        return history

    def watched(self, model, batches, at):
        """The batches; before the one of a number in `at`, that many steps are done, and the rank is noted."""
        for done, batch in enumerate(batches):
            if done in at:
                self.note(model, at[done])
            yield batch

    def note(self, model, percent):
        """The rank now."""
        self.noted[f"rank_{percent}"] = ranks(self.before, dense(model))["change_rank"]


def rank_growth(folder, seed, case, quick):
    """The training of the contestant `case`, at the middle of its rates."""
    arena = RankWatch(folder)
    contestant = next(c for c in (*references.CONTESTANTS, *local_random.CONTESTANTS) if c.name == case)
    contestant.adapt(arena, contestant.rate, seed, arena.setting.steps)
    return arena.noted


CONTESTANTS = ()
STUDIES = (Study("rank_growth", "rank of Delta W on the way", "D", rank_growth, ("lora", "relora", "galore", "flora", "full")),)
