"""Files come back as they were; a bad file is one clear line; a failed write leaves no trace."""

import json
import math
import os
import re
import struct
import tracemalloc

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from minilora import backend
from minilora.files import (
    FileError,
    StoredArrays,
    atomic_write,
    load_arrays,
    load_json,
    load_text,
    read_bytes,
    save_arrays,
    save_json,
    save_text,
)

DTYPES = ("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64")

SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
FOLDER_KEPT = [HealthCheck.function_scoped_fixture]  # each example writes over the last one's file


def fails_with(*words):
    """A FileError of one line that holds each of the words."""
    return pytest.raises(FileError, match=r"\A" + "".join(f"(?=.*{word})" for word in words) + r"[^\n]*\Z")


def write_safetensors(path, header, data):
    header = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + data)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=FOLDER_KEPT)
@given(
    arrays=st.dictionaries(
        st.text(max_size=8).filter(lambda name: name != "__metadata__"),
        st.sampled_from(DTYPES).flatmap(lambda dtype: hnp.arrays(dtype, SHAPES)),
        max_size=4,
    ),
    metadata=st.dictionaries(st.text(), st.text()),
)
def test_arrays_come_back_bit_for_bit(tmp_path, arrays, metadata):
    save_arrays(tmp_path / "a.safetensors", arrays, metadata)
    loaded, loaded_metadata = load_arrays(tmp_path / "a.safetensors")
    assert loaded_metadata == metadata
    assert loaded.keys() == arrays.keys()
    for name, a in arrays.items():
        assert loaded[name].dtype == a.dtype and loaded[name].shape == a.shape
        assert loaded[name].tobytes() == a.tobytes()


def test_views_of_any_stride_are_saved_by_value(tmp_path):
    a = np.arange(24.0).reshape(4, 6)
    views = {"transposed": a.T, "strided": a[::2, 1::3], "reversed": a[::-1], "big_endian": a.astype(">f8"), "scalar": a[2, 3]}
    save_arrays(tmp_path / "a.safetensors", views)
    loaded, metadata = load_arrays(tmp_path / "a.safetensors")
    assert metadata == {}
    for name, view in views.items():
        np.testing.assert_array_equal(loaded[name], view)


def test_the_bytes_are_those_of_the_library(tmp_path):
    arrays = {
        "w": np.arange(6.0).reshape(2, 3),
        'é\n"': np.ones(5, "f4"),
        "b": np.ones((3, 1), "i2"),
        "a": np.zeros((0, 4), "f4"),
    }
    arrays |= {"t": np.array([True, False, True]), "s": np.float64(2.5)}  # fmt: skip
    for metadata in (None, {"k": "\u2028 \x01 / é"}):
        save_arrays(tmp_path / "a.safetensors", arrays, metadata)
        assert (tmp_path / "a.safetensors").read_bytes() == safetensors.numpy.save(
            {name: np.asarray(a) for name, a in arrays.items()}, metadata
        )


def test_a_large_file_is_never_in_memory_as_a_whole(tmp_path):
    """Whole rows are written as they lie; what lies otherwise is copied, one array at a time."""
    plain = {f"w{i}": np.ones((500, 100)) for i in range(20)}
    for arrays, copies in ((plain, 0.2), ({name: a.T for name, a in plain.items()}, 2.2)):
        tracemalloc.start()
        save_arrays(tmp_path / "a.safetensors", arrays)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < copies * plain["w0"].nbytes
        assert (tmp_path / "a.safetensors").stat().st_size > 20 * plain["w0"].nbytes


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_in_the_middle_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "x"
    atomic_write(path, b"old")

    def parts():
        yield b"half of it"
        assert len(os.listdir(tmp_path)) == 2
        raise error

    with pytest.raises(KeyboardInterrupt) if isinstance(error, KeyboardInterrupt) else fails_with("No space left", str(path)):
        atomic_write(path, parts())
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["x"]
    atomic_write(path, iter([b"ne", np.array([119], "u1"), b""]))
    assert path.read_bytes() == b"new"


def test_arrays_that_numpy_cannot_hold(tmp_path):
    path = tmp_path / "a.safetensors"
    for shape in ([0, 1 << 61], [0, 1 << 63], [1] * 70 + [0]):
        write_safetensors(path, {"w": {"dtype": "F32", "shape": shape, "data_offsets": [0, 0]}}, b"")
        with fails_with("a.safetensors", "array 'w' cannot be had", "download"):
            load_arrays(path)
    save_arrays(path, {"w": np.ones(5)})
    stored = StoredArrays(path)
    path.write_bytes(path.read_bytes()[:-3])  # cut between looking and reading
    with fails_with("a.safetensors", "array 'w' cannot be had"):
        stored.read("w")


def test_arrays_are_read_one_at_a_time(tmp_path):
    save_arrays(tmp_path / "a.safetensors", {"b": np.arange(6.0).reshape(2, 3), "a": np.arange(4.0)}, {"k": "v"})
    stored = StoredArrays(tmp_path / "a.safetensors")
    assert stored.shapes == {"b": (2, 3), "a": (4,)} and stored.metadata == {"k": "v"}
    np.testing.assert_array_equal(stored.read("a"), np.arange(4.0))
    first = stored.read("b")
    first[:] = 0
    np.testing.assert_array_equal(stored.read("b"), np.arange(6.0).reshape(2, 3))
    with pytest.raises(KeyError):
        stored.read("c")


def test_metadata_may_be_null(tmp_path):
    write_safetensors(tmp_path / "a", {"__metadata__": None}, b"")
    assert load_arrays(tmp_path / "a") == ({}, {})


def test_loaded_arrays_can_be_written_to(tmp_path):
    save_arrays(tmp_path / "a.safetensors", {"w": np.ones((2, 3), np.float32)})
    loaded, _ = load_arrays(tmp_path / "a.safetensors")
    loaded["w"] += 1
    assert loaded["w"].sum() == 12


def test_arrays_of_a_device_are_taken_off_it(tmp_path, monkeypatch):
    class DeviceArray:
        def __init__(self, host):
            self.host = host

        def __array__(self, *args, **kwargs):
            raise TypeError("implicit conversion")

    class device:
        asnumpy = staticmethod(lambda a: a.host)

    monkeypatch.setattr(backend, "_modules", dict(backend._modules))
    backend.register(DeviceArray, device)
    save_arrays(tmp_path / "a.safetensors", {"w": DeviceArray(np.arange(3.0))})
    np.testing.assert_array_equal(load_arrays(tmp_path / "a.safetensors")[0]["w"], [0, 1, 2])


def test_bfloat16_is_widened_exactly(tmp_path):
    values = np.array([1.0, -2.5, 2.0**100, 0.0, math.inf, -(2.0**-130)], np.float32)  # each a bfloat16
    halves = (values.view(np.uint32) >> 16).astype("<u2")
    entry = {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}
    write_safetensors(tmp_path / "b.safetensors", {"__metadata__": {"k": "v"}, "w": entry}, halves.tobytes())
    loaded, metadata = load_arrays(tmp_path / "b.safetensors")
    assert metadata == {"k": "v"}
    assert loaded["w"].dtype == np.float32 and loaded["w"].shape == (2, 3)
    np.testing.assert_array_equal(loaded["w"].ravel(), values)


def test_a_dtype_that_numpy_lacks_is_refused_by_name(tmp_path):
    write_safetensors(tmp_path / "f8.safetensors", {"w": {"dtype": "F8_E4M3", "shape": [2], "data_offsets": [0, 2]}}, b"ab")
    with fails_with("f8.safetensors", "'w'", "F8_E4M3"):
        load_arrays(tmp_path / "f8.safetensors")


def test_bad_safetensors_files(tmp_path):
    good = tmp_path / "good.safetensors"
    save_arrays(good, {"w": np.arange(100.0), "v": np.ones((3, 5))}, {"step": "7"})
    content = good.read_bytes()
    bad = tmp_path / "bad.safetensors"
    contents = {
        "empty": b"",
        "text": b"Call me Ishmael. Some years ago, never mind how long precisely.\n",
        "random": np.random.default_rng(0).bytes(4096),
        "zeros": bytes(200),
        "a pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94.",
        "longer": content + b"more",
    }
    contents |= {f"cut at {n}": content[:n] for n in (1, 7, 8, 9, 60, len(content) - 1)}
    for what, wrong in contents.items():
        bad.write_bytes(wrong)
        with fails_with("bad.safetensors", "not a whole safetensors file", "empty" if not wrong else "cut short"):
            load_arrays(bad)
            pytest.fail(f"accepted: {what}")


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=FOLDER_KEPT)
@given(content=st.binary(max_size=200))
def test_no_bytes_do_anything_but_load_or_raise_file_error(tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    for load in (load_arrays, load_json, load_text):
        try:
            load(tmp_path / "x")
        except FileError:
            pass


@pytest.mark.parametrize("load", [load_arrays, load_json, load_text, read_bytes])
def test_what_is_not_there_or_is_a_folder(tmp_path, load):
    with fails_with("none.x", "No such file", "check the path"):
        load(tmp_path / "none.x")
    with fails_with(tmp_path.name, "directory"):
        load(tmp_path)
    with fails_with("null byte"):
        load("a\0b")


@pytest.mark.parametrize("array", [np.array(["x"]), np.array([None]), np.zeros(2, complex), np.zeros(2, "M8[D]")])
def test_arrays_that_safetensors_cannot_hold(tmp_path, array):
    with fails_with("a.safetensors", "'w'", re.escape(str(array.dtype))):
        save_arrays(tmp_path / "a.safetensors", {"w": array})
    assert os.listdir(tmp_path) == []


def test_names_and_metadata_must_be_strings(tmp_path):
    for name in (3, "__metadata__"):
        with fails_with("cannot name an array", str(name)):
            save_arrays(tmp_path / "a", {name: np.ones(2)})
    for metadata in ({"step": 3}, {3: "step"}):
        with fails_with("metadata", "json.dumps"):
            save_arrays(tmp_path / "a", {"w": np.ones(2)}, metadata)
    for arrays, metadata in (({"a\ud800": np.ones(2)}, None), ({"a": np.ones(2)}, {"k": "\udfff"})):
        with fails_with("surrogate", "UTF-8"):
            save_arrays(tmp_path / "a", arrays, metadata)
    assert os.listdir(tmp_path) == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=FOLDER_KEPT)
@given(value=json_values)
def test_json_comes_back(tmp_path, value):
    save_json(tmp_path / "v.json", value)
    assert load_json(tmp_path / "v.json") == value


def test_json_keeps_nan_infinity_and_integers_of_128_bits(tmp_path):
    save_json(tmp_path / "v.json", {"best": math.inf, "loss": math.nan, "state": 2**127 + 1})
    value = load_json(tmp_path / "v.json")
    assert value["best"] == math.inf and math.isnan(value["loss"]) and value["state"] == 2**127 + 1


def test_bad_json(tmp_path):
    path = tmp_path / "v.json"
    for content, word in ((b"", "empty"), (b'{"a": [1, 2', "line 1"), (b"\xff\xfe{}", "UTF-8"), (b"[" * 100_000, "JSON")):
        path.write_bytes(content)
        with fails_with("v.json", word):
            load_json(path)
    path.write_bytes(b"old")
    cycle = []
    cycle.append(cycle)
    for value in ({"a": np.float32(1)}, {"a": {1, 2}}, cycle, {"a": 1, 2j: 3}):
        with fails_with("v.json", "cannot be written as JSON"):
            save_json(path, value)
    assert path.read_bytes() == b"old"


def test_text_is_utf8_with_newlines_as_they_are(tmp_path):
    text = "a\r\nb\nc\rd é 漢 🙂\n"
    save_text(tmp_path / "t.txt", text)
    assert (tmp_path / "t.txt").read_bytes() == text.encode()
    assert load_text(tmp_path / "t.txt") == text
    with fails_with("s.txt", "surrogate", "position 1"):
        save_text(tmp_path / "s.txt", "a\ud800")
    assert os.listdir(tmp_path) == ["t.txt"]


def test_missing_folders_are_made_and_the_mode_is_the_usual_one(tmp_path):
    atomic_write(tmp_path / "runs" / "demo" / "x", b"1")
    (tmp_path / "plain").write_bytes(b"1")
    assert (tmp_path / "runs" / "demo" / "x").read_bytes() == b"1"
    assert (tmp_path / "runs" / "demo" / "x").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("save", [save_arrays, save_json])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, step, error, save):
    path = tmp_path / "x"
    failure = pytest.raises(KeyboardInterrupt) if isinstance(error, KeyboardInterrupt) else fails_with("No space left", str(path))
    values = {save_arrays: ({"w": np.zeros(3)}, {"w": np.ones(5)}), save_json: ([0], [1, 2])}[save]
    save(path, values[0])
    old = path.read_bytes()

    def fail(*args, **kwargs):
        raise error

    class FullDisk:
        """A file that takes half and then no more."""

        def __init__(self, *args):
            self.file = io_open(*args)

        def __enter__(self):
            return self

        def __exit__(self, *exception):
            self.file.close()

        def write(self, content):
            self.file.write(content[: len(content) // 2])
            self.file.flush()
            raise error

    io_open = open
    with monkeypatch.context() as patch:
        if step == "write":
            patch.setattr("builtins.open", FullDisk)
        else:
            patch.setattr(os, step, fail)
        with failure:
            save(path, values[1])
    assert path.read_bytes() == old
    assert os.listdir(tmp_path) == ["x"]
    save(path, values[1])
    assert path.read_bytes() != old


def test_the_content_is_on_disk_before_it_takes_the_name(tmp_path, monkeypatch):
    calls = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (calls.append(("fsync", os.fstat(fd).st_size)), fsync(fd)))
    monkeypatch.setattr(os, "replace", lambda a, b: (calls.append(("replace", os.path.dirname(a))), replace(a, b)))
    atomic_write(tmp_path / "x", b"12345")
    assert calls == [("fsync", 5), ("replace", str(tmp_path))]


def test_places_where_nothing_can_be_written(tmp_path):
    (tmp_path / "file").write_bytes(b"old")
    with fails_with("cannot be written", "folder you may write to"):
        atomic_write(tmp_path / "file" / "x", b"new")  # a file where a folder should be
    with fails_with("cannot be written", "directory"):
        atomic_write(tmp_path, b"new")
    for path in ("", "a\0b"):
        with fails_with("cannot be written"):
            atomic_write(path, b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_folder(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with fails_with("cannot be written", "Permission denied"):
            save_text(tmp_path / "x", "new")
    finally:
        tmp_path.chmod(0o700)
