"""One id a character: the vocabulary is the alphabet of the training text."""

from minilora.data.tokenizer import Tokenizer, check_text, on_class_or_instance


class CharTokenizer(Tokenizer):
    """`alphabet` is the sorted string of its characters; a character's id is its place in it.

    `decode(encode(text)) == text` for every text over the alphabet.
    """

    kind = "char"

    def __init__(self):
        self._set_alphabet("")

    @property
    def vocab_size(self):
        return len(self.alphabet)

    @on_class_or_instance
    def train(self, text):
        """Take the alphabet of `text` (the texts joined, where there are several). Returns the tokenizer."""
        check_text(text)
        self._set_alphabet(sorted(set(text)))
        return self

    def encode(self, text):
        """One id for each character of `text`, as a list. ValueError for a character outside the alphabet."""
        ids = self._ids
        try:
            return [ids[character] for character in text]
        except KeyError:
            where, character = next((i, c) for i, c in enumerate(text) if c not in ids)
            raise ValueError(
                f"text has {character!r} (U+{ord(character):04X}) at position {where}, outside the alphabet of {self.vocab_size} "
                "characters; train the tokenizer on both texts joined, or drop such characters with keep_characters"
            ) from None

    def _spell(self, ids):
        return "".join([self.alphabet[i] for i in ids])

    def _state(self):
        return {"alphabet": list(self.alphabet)}  # a list: JSON would join two neighbouring surrogates in a string

    def _restore(self, state):
        alphabet = state["alphabet"]
        if alphabet != sorted(set(alphabet)) or any(len(character) != 1 for character in alphabet):
            raise ValueError("alphabet must be a sorted list of different characters")
        self._set_alphabet(alphabet)

    def _set_alphabet(self, characters):
        self.alphabet = "".join(characters)
        self._ids = {character: i for i, character in enumerate(self.alphabet)}
