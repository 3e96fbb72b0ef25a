"""Text into numbers: tokenisers, corpora that every machine has, held-out pieces, batches."""

from minilora.data.batches import IGNORE, LanguageBatches, MaskedBatches, evaluation_windows
from minilora.data.bpe import BPETokenizer
from minilora.data.characters import CharTokenizer
from minilora.data.corpora import DEMO_ALPHABET, Corpus, keep_characters, python_docs, standard_library, text_file
from minilora.data.split import split

__all__ = [
    "DEMO_ALPHABET",
    "IGNORE",
    "BPETokenizer",
    "CharTokenizer",
    "Corpus",
    "LanguageBatches",
    "MaskedBatches",
    "evaluation_windows",
    "keep_characters",
    "python_docs",
    "split",
    "standard_library",
    "text_file",
]
