"""What comes from a student and is shown."""

import pytest

from minilora.course.text import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("dW[3, 1]  got 1.5\n\tZoë 李雷 =", "dW[3, 1]  got 1.5\n\tZoë 李雷 ="),
        ("\x1b[2J\x07\r\0", r"\x1b[2J\x07\r\x00"),
        ("\ud800", r"\ud800"),
        ("\u202eabc\u2028", r"\u202eabc\u2028"),
    ],
)
def test_only_what_can_be_read_is_left(text, shown):
    assert printable(text) == shown
    printable(text).encode("utf-8")


def test_a_name_has_no_layout():
    assert printable("bob\n\teve", layout="") == r"bob\n\teve"
