"""Byte-pair encoding on bytes, trained from scratch (Sennrich et al. 2016; on bytes as in GPT-2, Radford et al. 2019).

A text is cut into words, a word into its UTF-8 bytes: ids 0 to 255. Training repeats one step: the commonest pair of
neighbouring ids becomes a new id. Encoding repeats those merges in the order learned. Every text has bytes, so no
character is unknown. No merge crosses a word's edge, so each different word is merged once and counted as often as it occurs.
"""

import re
from collections import Counter, defaultdict

from minilora.data.tokenizer import Tokenizer, check_text, on_class_or_instance

# Letters and underscores, or digits, or signs, each with the space before; or white space, which leaves its last
# character to the word that follows. Every character belongs to one of the four, so the words spell the text.
WORD = re.compile(r" ?[^\W\d]+| ?\d+| ?[^\w\s]+|\s+(?!\S)|\s+")
N_BYTES = 256


class BPETokenizer(Tokenizer):
    """`merges[k]` is the pair of ids that became id 256 + k. `decode(encode(text)) == text` for every text without surrogates."""

    kind = "bpe"

    def __init__(self):
        self._set_merges([])

    @property
    def vocab_size(self):
        return N_BYTES + len(self.merges)

    @on_class_or_instance
    def train(self, text, vocab_size=512):
        """Learn merges until there are `vocab_size` ids (at least 256), or no pair occurs twice. Returns the tokenizer.

        Equally common pairs: the one with the lower ids goes first, so the same text always gives the same merges.
        """
        check_text(text)
        if vocab_size < N_BYTES:
            raise ValueError(f"vocab_size must be at least {N_BYTES}, one id for each byte, got {vocab_size}; ask for more")
        counts = Counter(WORD.findall(text))
        self._set_merges(_learn([list(_utf8(word)) for word in counts], list(counts.values()), vocab_size - N_BYTES))
        return self

    def encode(self, text):
        """The ids of `text`, as a list. ValueError for a surrogate, which has no bytes in UTF-8."""
        return [i for word in WORD.findall(text) for i in self._encode_word(word)]

    def _encode_word(self, word):
        ids = self._known_words.get(word)
        if ids is None:
            ids = list(_utf8(word))
            while len(ids) > 1:
                rank, pair = min((self._ranks.get(pair, len(self.merges)), pair) for pair in zip(ids, ids[1:], strict=False))
                if rank == len(self.merges):
                    break
                ids = _merge(ids, pair, N_BYTES + rank)
            self._known_words[word] = ids
        return ids

    def _spell(self, ids):
        """Bytes that are not UTF-8, as sampled ids may spell, become the replacement character U+FFFD."""
        return b"".join([self._spellings[i] for i in ids]).decode("utf-8", errors="replace")

    def _state(self):
        return {"merges": self.merges}

    def _restore(self, state):
        merges = [(left, right) for left, right in state["merges"]]
        for k, pair in enumerate(merges):
            if not all(isinstance(i, int) and 0 <= i < N_BYTES + k for i in pair):
                raise ValueError(f"merge {k} is {pair}, expected two ids from 0 to {N_BYTES + k - 1}")
        if len(set(merges)) < len(merges):
            raise ValueError("a merge stands twice")
        self._set_merges(merges)

    def _set_merges(self, merges):
        self.merges = merges
        self._ranks = {pair: k for k, pair in enumerate(merges)}
        self._spellings = [bytes([i]) for i in range(N_BYTES)]
        for left, right in merges:
            self._spellings.append(self._spellings[left] + self._spellings[right])
        self._known_words = {}


def _utf8(word):
    try:
        return word.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"text has the surrogate U+{ord(word[error.start]):04X}, in {word!r}, which has no UTF-8 bytes; remove it, "
            "or read the file with its right encoding"
        ) from None


def _learn(words, counts, n_merges):
    """The merges for `words` (lists of byte ids, changed in place) that occur `counts` times."""
    pair_counts, words_with = Counter(), defaultdict(set)  # pair -> how often it occurs; -> the words it may occur in
    for w, word in enumerate(words):
        for pair in zip(word, word[1:], strict=False):
            pair_counts[pair] += counts[w]
            words_with[pair].add(w)
    merges = []
    while len(merges) < n_merges and pair_counts:
        best = min(pair_counts, key=lambda pair: (-pair_counts[pair], pair))
        if pair_counts[best] < 2:
            break
        for w in words_with.pop(best):  # only these words change, so only their pairs are counted anew
            old, new = words[w], _merge(words[w], best, N_BYTES + len(merges))
            for pair in zip(old, old[1:], strict=False):
                pair_counts[pair] -= counts[w]
            for pair in zip(new, new[1:], strict=False):
                pair_counts[pair] += counts[w]
                words_with[pair].add(w)
            words[w] = new
        del pair_counts[best]
        merges.append(best)
    return merges


def _merge(ids, pair, new_id):
    """`ids` with `new_id` in place of each occurrence of `pair`, from left to right."""
    merged, i = [], 0
    while i < len(ids):
        if i + 1 < len(ids) and (ids[i], ids[i + 1]) == pair:
            merged.append(new_id)
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return merged
