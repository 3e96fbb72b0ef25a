"""Tokenisers of real models: each kind of file that they come in, what is refused, and chat. tests/oracle has the comparisons."""

import json

import numpy as np
import pytest

pytest.importorskip("tokenizers", reason="the package tokenizers is needed: pip install 'minilora[real]'")
pytest.importorskip("jinja2", reason="the package jinja2 is needed: pip install 'minilora[real]'")
gguf = pytest.importorskip("gguf", reason="the package gguf is needed: pip install 'minilora[real]'")

from minilora.data import BPETokenizer, CharTokenizer  # noqa: E402
from minilora.files import FileError  # noqa: E402
from minilora.interop.tokenizer import PretrainedTokenizer, load_tokenizer  # noqa: E402

# A byte-level vocabulary small enough to merge by hand. The byte 32, a space, is written Ġ.
TOKENS = ["<s>", "</s>", "Ġ", "a", "b", "1", "2", "Ġa", "ab", "Ġab", "ĠĠ", "12", "Ġ1", "<own>", "Ã", "¤"]
MERGES = ["Ġ a", "a b", "Ġa b", "Ġ Ġ", "1 2", "Ġ 1"]
KINDS = [3, 3, *[1] * 11, 4, 1, 1]
TEMPLATE = "{{ bos_token }}{% for m in messages %}{{ m['role'] }}:{{ m['content'] }}{{ eos_token }}{% endfor %}" \
           "{% if add_generation_prompt %}bot:{% endif %}"  # fmt: skip


def write_gguf(path, **change):
    """A GGUF file of metadata alone; change: {name under tokenizer.ggml: value, or None to leave it out}."""
    writer = gguf.GGUFWriter(path, "llama")
    found = {"model": "gpt2", "pre": "gpt-2", "tokens": TOKENS, "merges": MERGES, "token_type": KINDS, "bos_token_id": 0,
             "eos_token_id": 1} | change  # fmt: skip
    for name, value in found.items():
        if value is not None:
            add = {str: writer.add_string, list: writer.add_array, int: writer.add_uint32, bool: writer.add_bool}[type(value)]
            add(f"tokenizer.ggml.{name}", value)
    writer.add_string("tokenizer.chat_template", TEMPLATE)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_parts(folder, **config):
    """GPT-2's first files: no special token but the end of text, which has the last id."""
    tokens = [token for token in TOKENS if not token.startswith("<")] + ["<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(tokens)}), "utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(MERGES) + "\n", "utf-8")
    if config:
        (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder


def spelled(tokenizer, text):
    """The tokens of a text, as the vocabulary writes them."""
    return [tokenizer.inner.id_to_token(i) for i in tokenizer.encode(text)]


@pytest.mark.parametrize(
    ("split", "text", "tokens"),
    [
        ("gpt-2", "ab ab", ["ab", "Ġab"]),
        ("gpt-2", "a  12", ["a", "Ġ", "Ġ", "12"]),  # merges in their order: "1 2" before "Ġ 1"
        ("smollm", "a  12", ["a", "ĠĠ", "1", "2"]),  # each digit alone, before anything else
        ("gpt-2", "ab<own>a</s>", ["ab", "<own>", "a", "</s>"]),
        ("gpt-2", "ä", ["Ã", "¤"]),
        ("gpt-2", "", []),
    ],
)
def test_a_gguf_by_hand(tmp_path, split, text, tokens):
    tokenizer = load_tokenizer(write_gguf(tmp_path / "t.gguf", pre=split))
    assert spelled(tokenizer, text) == tokens and tokenizer.decode(tokenizer.encode(text)) == text
    assert tokenizer.vocab_size == len(TOKENS) and tokenizer.eos == 1 and isinstance(tokenizer.encode(text), list)


def test_the_ends_that_a_gguf_asks_for(tmp_path):
    tokenizer = load_tokenizer(write_gguf(tmp_path / "t.gguf", add_bos_token=True, add_eos_token=True))
    assert spelled(tokenizer, "ab") == ["<s>", "ab", "</s>"]
    assert tokenizer.encode("ab", whole=False) == [TOKENS.index("ab")]
    only = load_tokenizer(write_gguf(tmp_path / "t.gguf", add_bos_token=True, add_eos_token=False))
    assert spelled(only, "ab") == ["<s>", "ab"]
    assert spelled(load_tokenizer(write_gguf(tmp_path / "t.gguf", add_bos_token=False)), "ab") == ["ab"]


def test_a_token_that_stands_for_no_text_is_special(tmp_path):
    tokenizer = load_tokenizer(write_gguf(tmp_path / "t.gguf"))
    assert tokenizer.inner.decode(tokenizer.encode("ab<own></s>"), skip_special_tokens=True) == "ab<own>"


@pytest.mark.parametrize(
    ("change", "kind", "says"),
    [
        ({"model": "llama"}, ValueError, "no tokenizer of kind 'llama'; it has 'gpt2', byte-level BPE"),
        ({"model": None}, ValueError, "no tokenizer of kind None"),
        ({"pre": "qwen2"}, ValueError, "no pre-tokenizer 'qwen2'; it has 'gpt-2' and 'smollm'"),
        ({"pre": None}, ValueError, "no pre-tokenizer None"),
        ({"tokens": None}, FileError, "lacks tokenizer.ggml.tokens, a list of strings"),
        ({"tokens": [1, 2]}, FileError, "lacks tokenizer.ggml.tokens, a list of strings"),
        ({"merges": None}, FileError, "lacks tokenizer.ggml.merges, a list of strings"),
        ({"tokens": TOKENS[:-1] + ["a"]}, FileError, "tokenizer.ggml.tokens holds a token twice"),
        ({"merges": ["Ġ a", "ab"]}, FileError, "'ab' is no merge of two tokens"),
        ({"merges": ["Ġ a", "a b 1"]}, FileError, "'a b 1' is no merge of two tokens"),
        ({"merges": ["Ġ b"]}, FileError, "its merges do not fit its tokens"),
        ({"eos_token_id": 16}, FileError, "its eos token is 16, of 16 tokens"),
        ({"eos_token_id": "end"}, FileError, "its eos token is end, of 16 tokens"),
        ({"token_type": KINDS[:-1]}, FileError, "15 values in tokenizer.ggml.token_type for 16 tokens"),
        ({"token_type": "none"}, FileError, "in tokenizer.ggml.token_type for 16 tokens"),
    ],
)
def test_a_gguf_that_is_refused(tmp_path, change, kind, says):
    path = write_gguf(tmp_path / "t.gguf", **change)
    with pytest.raises(kind, match=says) as caught:
        load_tokenizer(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_vocab_and_merges(tmp_path):
    tokenizer = load_tokenizer(write_parts(tmp_path))
    assert spelled(tokenizer, "ab  12<|endoftext|> a") == ["ab", "Ġ", "Ġ", "12", "<|endoftext|>", "Ġa"]
    assert tokenizer.eos == tokenizer.vocab_size - 1 == 13 and tokenizer.template is None
    spaced = load_tokenizer(write_parts(tmp_path, add_prefix_space=True))
    assert spelled(spaced, "ab") == ["Ġab"]


def test_what_was_saved_is_the_same(tmp_path):
    """By itself, as a run keeps it, and as a folder that Transformers reads."""
    tokenizer = load_tokenizer(write_gguf(tmp_path / "t.gguf", pre="smollm", add_bos_token=True))
    tokenizer.save(tmp_path / "t.json")
    (tmp_path / "folder").mkdir()
    tokenizer.save_huggingface(tmp_path / "folder")
    messages = [{"role": "user", "content": "ab"}]
    for other in (PretrainedTokenizer.load(tmp_path / "t.json"), load_tokenizer(tmp_path / "folder")):
        assert other.encode("a  12<own>") == tokenizer.encode("a  12<own>")
        assert (other.eos, other.special, other.vocab_size) == (1, tokenizer.special, 16)
        assert other.chat(messages) == tokenizer.chat(messages)
    with pytest.raises(FileError, match="expected a tokenizer of kind 'char', found a tokenizer of kind 'pretrained'"):
        CharTokenizer.load(tmp_path / "t.json")


@pytest.mark.parametrize("state", [{}, {"tokenizer": {}, "special": {}, "template": None}, {"tokenizer": 5}])
def test_a_saved_one_that_is_damaged(tmp_path, state):
    (tmp_path / "t.json").write_text(json.dumps({"kind": "pretrained", **state}))
    with pytest.raises(FileError, match="not a whole pretrained tokenizer"):
        PretrainedTokenizer.load(tmp_path / "t.json")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("tokenizer.json", "{", "tokenizer.json: not a tokenizer of the package tokenizers"),
        ("tokenizer.json", "", "tokenizer.json: not a tokenizer of the package tokenizers"),
        ("tokenizer.json", '{"model": {"type": "New"}}', "tokenizer.json: not a tokenizer of the package tokenizers"),
        ("tokenizer_config.json", "[]", "tokenizer_config.json: must hold an object, got list"),
        ("vocab.json", '["a"]', "vocab.json: must hold an object, got list"),
        ("vocab.json", '{"a": 0}', "merges.txt: its merges do not fit its tokens"),
        ("vocab.json", '{"a": "b"}', "merges.txt: its merges do not fit its tokens"),
        ("merges.txt", "ab", "merges.txt: 'ab' is no merge of two tokens"),
        ("merges.txt", None, "holds no tokenizer: neither tokenizer.json nor vocab.json with merges.txt"),
    ],
)
def test_a_folder_that_is_refused(tmp_path, name, content, says):
    write_parts(tmp_path)
    (tmp_path / name).unlink() if content is None else (tmp_path / name).write_text(content)
    with pytest.raises(FileError, match=says) as caught:
        load_tokenizer(tmp_path)
    assert str(tmp_path) in str(caught.value) and "\n" not in str(caught.value)


def test_limits_for_batches_are_left_out(tmp_path):
    tokenizer = load_tokenizer(write_parts(tmp_path))
    tokenizer.inner.enable_truncation(2)
    tokenizer.inner.enable_padding(length=20)
    tokenizer.save_huggingface(tmp_path)
    assert len(load_tokenizer(tmp_path).encode("ab" * 5)) == 5


@pytest.mark.parametrize("special", [{"content": "ab", "lstrip": False}, "ab"])
def test_special_tokens_of_a_folder(tmp_path, special):
    """As text or as an object; one that the vocabulary lacks is none. tokenizer_config.json goes before the older file."""
    write_parts(tmp_path, eos_token=special, pad_token="[PAD]")
    (tmp_path / "special_tokens_map.json").write_text('{"eos_token": "a", "bos_token": "a"}')
    assert load_tokenizer(tmp_path).special == {"bos_token": "a", "eos_token": "ab"}


def test_chat(tmp_path):
    tokenizer = load_tokenizer(write_gguf(tmp_path / "t.gguf"))
    messages = [{"role": "user", "content": "ab"}, {"role": "assistant", "content": "1"}, {"role": "user", "content": "a"}]
    assert tokenizer.chat(messages) == "<s>user:ab</s>assistant:1</s>user:a</s>bot:"
    assert tokenizer.chat(messages, add_generation_prompt=False) == "<s>user:ab</s>assistant:1</s>user:a</s>"


@pytest.mark.parametrize(
    ("template", "says"),
    [
        (None, "has no chat template"),
        ("{% for", "cannot write this conversation: "),
        ("{{ raise_exception('no system here') }}", "cannot write this conversation: no system here"),
        ("{{ messages[9]['role'] }}", "cannot write this conversation: "),
        ("{{ messages.append(1) }}", "cannot write this conversation: .*unsafe"),
        ("{{ ''.__class__.__mro__ }}{{ ''.__class__.__mro__[1].__subclasses__() }}", "cannot write this conversation: .*unsafe"),
        ("{{ 1 / 0 }}", "cannot write this conversation: division by zero"),
        ("{{ 1 + 'a' }}", "cannot write this conversation: "),
    ],
)
def test_a_template_that_fails(tmp_path, template, says):
    tokenizer = load_tokenizer(write_gguf(tmp_path / "t.gguf"))
    tokenizer.template = template
    with pytest.raises(ValueError, match=says):
        tokenizer.chat([{"role": "user", "content": "ab"}])


@pytest.mark.parametrize("messages", [["ab"], [{"role": "user"}], [{"role": "user", "content": 5}], [{"content": "ab"}]])
def test_messages_of_another_form(tmp_path, messages):
    with pytest.raises(ValueError, match=r"messages\[0\] must be .*, got "):
        load_tokenizer(write_gguf(tmp_path / "t.gguf")).chat(messages)


@pytest.mark.parametrize("place", ["chat_template.jinja", "text", "list"])
def test_where_a_folder_keeps_its_template(tmp_path, place):
    templates = [{"name": "tool_use", "template": "no"}, {"name": "default", "template": "{{ messages[0].content }}"}]
    if place == "chat_template.jinja":
        write_parts(tmp_path, chat_template="no")
        (tmp_path / place).write_text(templates[1]["template"])
    else:
        write_parts(tmp_path, chat_template=templates if place == "list" else templates[1]["template"])
    assert load_tokenizer(tmp_path).chat([{"role": "user", "content": "ab"}]) == "ab"


def test_ids_and_texts_that_are_refused(tmp_path):
    tokenizer = load_tokenizer(write_gguf(tmp_path / "t.gguf"))
    with pytest.raises(ValueError, match="ids must be from 0 to vocab_size - 1 = 15, got 16 at position 1"):
        tokenizer.decode([1, 16])
    with pytest.raises(ValueError, match="text has the surrogate U\\+D800 at position 2"):
        tokenizer.encode("ab\ud800")


@pytest.mark.parametrize("missing", ["tokenizers", "jinja2", "gguf"])
def test_a_missing_package_says_what_to_install(tmp_path, monkeypatch, missing):
    path = write_gguf(tmp_path / "t.gguf")
    monkeypatch.setitem(__import__("sys").modules, missing, None)
    with pytest.raises(ValueError, match=rf"needs the package {missing}: pip install 'minilora\[real\]'"):
        load_tokenizer(path).chat([{"role": "user", "content": "ab"}])


@pytest.mark.parametrize("kind", ["pretrained", "bpe"])
def test_pieces_spell_the_text(tmp_path, kind):
    """A character of several tokens comes whole, when its last one does."""
    text = "ab äab ä 12ä"
    tokenizer = load_tokenizer(write_gguf(tmp_path / "t.gguf")) if kind == "pretrained" else BPETokenizer.train("ab ab", 256)
    ids = tokenizer.encode(text)
    pieces = list(tokenizer.pieces(ids))
    assert "".join(pieces) == text and "\N{REPLACEMENT CHARACTER}" not in "".join(pieces) and "ä" in pieces
    assert len(pieces) > 6
    start = tokenizer.encode("ab ")
    assert "".join(tokenizer.pieces(iter(np.array(ids)), start)) == text
    assert "".join(tokenizer.pieces(ids[:-1])) == text[:-1] + "\N{REPLACEMENT CHARACTER}"
    assert list(tokenizer.pieces([])) == [""]
