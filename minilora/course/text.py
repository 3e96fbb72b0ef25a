"""Text that comes from a student, made fit for a terminal, a page and a file."""

import unicodedata

NOT_SHOWN = ("C", "Zl", "Zp")  # Unicode's categories, or their beginnings: controls, marks of direction, surrogates, separators


def printable(text, layout="\n\t"):
    """The text with a code in place of what is no character to read, such as a terminal's commands and lone surrogates.

    layout: what is kept all the same.
    """
    return "".join(_code(c) if c not in layout and unicodedata.category(c).startswith(NOT_SHOWN) else c for c in text)


def _code(character):
    return character.encode("unicode_escape").decode()
