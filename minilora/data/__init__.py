"""Text into numbers: tokenisers, corpora that every machine has, small real tasks, held-out parts, batches."""

from minilora.data.augmentation import DroppedCharacters, ReplacedCharacters
from minilora.data.batches import IGNORE, LanguageBatches, MaskedBatches, evaluation_windows
from minilora.data.bpe import BPETokenizer
from minilora.data.characters import CharTokenizer
from minilora.data.classification import ClassificationBatches, classification_rows, text_rows
from minilora.data.corpora import (
    DEMO_ALPHABET,
    Corpus,
    keep_characters,
    library_files,
    python_docs,
    standard_library,
    text_file,
)
from minilora.data.folds import folds, hold_out, hold_out_of_each
from minilora.data.functions import questions, summaries
from minilora.data.images import digits
from minilora.data.names import character_names
from minilora.data.number_words import number_words
from minilora.data.prompts import PromptBatches, prompt_rows
from minilora.data.rows import evaluation_rows
from minilora.data.scores import accuracy, exact_match
from minilora.data.split import split
from minilora.data.task import Task
from minilora.data.topics import topics

__all__ = [
    "DEMO_ALPHABET",
    "IGNORE",
    "BPETokenizer",
    "CharTokenizer",
    "ClassificationBatches",
    "Corpus",
    "DroppedCharacters",
    "LanguageBatches",
    "MaskedBatches",
    "PromptBatches",
    "ReplacedCharacters",
    "Task",
    "accuracy",
    "character_names",
    "classification_rows",
    "digits",
    "evaluation_rows",
    "evaluation_windows",
    "exact_match",
    "folds",
    "hold_out",
    "hold_out_of_each",
    "keep_characters",
    "library_files",
    "number_words",
    "prompt_rows",
    "python_docs",
    "questions",
    "split",
    "standard_library",
    "summaries",
    "text_file",
    "text_rows",
    "topics",
]
