"""What the judge reads from a student's process: one of our messages, or an error of two kinds; nothing else gets through."""

import io
import json

import numpy as np
import pytest

from minilora.course import messages


def test_what_is_sent_is_received():
    stream = io.BytesIO()
    arrays = {"y": np.arange(6.0).reshape(2, 3), "mask": np.array([True, False]), "n": np.array(3)}
    messages.send(stream, {"status": "done"}, arrays)
    messages.send(stream, {"status": "ready"})
    stream.seek(0)
    document, found = messages.receive(stream)
    assert document == {"status": "done"} and found.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)
    assert messages.receive(stream) == ({"status": "ready"}, {})


def body(dtype, shape, size, name="y"):
    """Safetensors by hand."""
    header = json.dumps({name: {"dtype": dtype, "shape": shape, "data_offsets": [0, size]}}).encode()
    return len(header).to_bytes(8, "little") + header + bytes(size)


def message(content):
    return json.dumps([{"status": "done"}, len(content)]).encode() + b"\n" + content


@pytest.mark.parametrize(
    "sent",
    [
        b"hello\n",
        b"7\n",
        b"[" * 900_000 + b"\n",
        b'[{"a":' * 5000 + b"\n",
        b"[{}, " + b"9" * 10_000 + b"]\n",
        b"[{}, NaN]\n",
        b"[{}, -1]\n",
        b"[{}, 1e3]\n",
        b"[[], 0]\n",
        b'[{}, 99999999999]\n',
        b"\xff\n",
        b"x" * (2 << 20),
        message(b"no arrays"),
        message((1 << 60).to_bytes(8, "little") + b"{}"),
        message(body("BF16", [1], 2)),
        message(body("F8_E4M3", [1], 1)),
        message(body("C64", [1], 8)),
        message(body("F64", [0, 10**20], 0)),
        message(body("F64", [0, 2**63 - 1, 2**63 - 1], 0)),
        message(body("F64", [1] * 100, 8)),
        message(body("F64", [1], 8, name="\ud800")),
    ],
    ids=range(21),
)
def test_what_is_no_message_is_a_value_error(sent):
    with pytest.raises(ValueError):
        messages.receive(io.BytesIO(sent))


@pytest.mark.parametrize("sent", [b"", b"[{}", b'[{"status": "done"}, 60000000]\nxxx'])
def test_what_breaks_off_is_its_end(sent):
    with pytest.raises(EOFError):
        messages.receive(io.BytesIO(sent))
