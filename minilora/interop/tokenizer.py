"""The tokeniser that a real model was trained with, from the files beside it; its work is done by the package tokenizers.

    a Hugging Face folder   tokenizer.json; or, as GPT-2's first files, vocab.json and merges.txt
    a GGUF file             its own metadata (`gguf_tokenizer`)
"""

import json
from pathlib import Path

from minilora import files
from minilora.data.tokenizer import Tokenizer
from minilora.interop.chat_template import render
from minilora.interop.gguf_tokenizer import from_gguf

ROLES = ("bos_token", "eos_token", "unk_token", "pad_token", "cls_token", "sep_token", "mask_token")


def load_tokenizer(path):
    """The PretrainedTokenizer of a Hugging Face folder or a GGUF file.

    files.FileError if there is none, or its files are damaged; ValueError for a GGUF whose kind of tokeniser is none of ours.
    """
    path = Path(path)
    if path.is_dir():
        return _from_folder(path)
    return PretrainedTokenizer(*from_gguf(path))


class PretrainedTokenizer(Tokenizer):
    """A tokeniser of the package tokenizers with the names that minilora's own have; and what a model for chat needs.

    eos: the id of the token that ends an answer, or None
    special: {"bos_token": its text, "eos_token": ...}, as far as there
    template: the chat template, or None
    vocab_size: one more than the highest id
    """

    kind = "pretrained"

    def __init__(self, inner=None, special=None, template=None):
        self.inner, self.special, self.template = inner, special or {}, template
        ids = inner.get_vocab(with_added_tokens=True).values() if inner else ()
        self.vocab_size = max(ids, default=-1) + 1

    @property
    def eos(self):
        return self.inner.token_to_id(self.special["eos_token"]) if "eos_token" in self.special else None

    def encode(self, text, whole=True):
        """The ids of a text, as a list. Special tokens that stand in it are taken as such.

        whole: with the tokens that belong at a text's ends, such as BERT's [CLS] and [SEP]. ValueError for a surrogate.
        """
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            wrong = f"text has the surrogate U+{ord(text[error.start]):04X} at position {error.start}"
            raise ValueError(f"{wrong}, which has no UTF-8 bytes; remove it, or read the file with its right encoding") from None
        return self.inner.encode(text, add_special_tokens=whole).ids

    def chat(self, messages, add_generation_prompt=True):
        """The text of a conversation by the model's template, up to where its answer begins; encode it with whole=False.

        messages: [{"role": "user", "content": "..."}, ...]. ValueError without a template, or for what it does not take.
        """
        if self.template is None:
            raise ValueError("this model has no chat template: encode a text and continue it")
        return render(self.template, messages, self.special, add_generation_prompt)

    def save_huggingface(self, folder):
        """Write tokenizer.json and tokenizer_config.json, which `load_tokenizer` and Transformers read."""
        config = {"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": False, **self.special}
        if self.template is not None:
            config["chat_template"] = self.template
        files.save_text(Path(folder) / "tokenizer.json", self.inner.to_str(pretty=True))
        files.save_json(Path(folder) / "tokenizer_config.json", config)

    def _spell(self, ids):
        return self.inner.decode(ids, skip_special_tokens=False)

    def _state(self):
        return {"tokenizer": json.loads(self.inner.to_str()), "special": self.special, "template": self.template}

    def _restore(self, state):
        self.__init__(_built(json.dumps(state["tokenizer"])), state["special"], state["template"])


def _built(text):
    """The tokeniser of the package tokenizers that a tokenizer.json describes; ValueError if it describes none."""
    tokenizers = _package()
    try:
        inner = tokenizers.Tokenizer.from_str(text)
    except Exception as error:  # the package raises nothing narrower
        reason = " ".join(str(error).split())
        raise ValueError(f"not a tokenizer of the package tokenizers: {reason}") from error
    inner.no_truncation()  # both are settings for batches, which are made elsewhere
    inner.no_padding()
    return inner


def _from_folder(folder):
    config = _json(folder / "tokenizer_config.json") if (folder / "tokenizer_config.json").exists() else {}
    whole, parts = folder / "tokenizer.json", (folder / "vocab.json", folder / "merges.txt")
    if whole.exists():
        try:
            inner = _built(files.load_text(whole))
        except files.FileError:
            raise
        except ValueError as error:
            raise files.FileError(f"{whole}: {error}; download it again") from error
    elif all(part.exists() for part in parts):
        inner = _from_parts(*parts, config)
        config = {"eos_token": "<|endoftext|>", **config}
    else:
        raise files.FileError(f"{folder}: holds no tokenizer: neither tokenizer.json nor vocab.json with merges.txt")
    extra = folder / "special_tokens_map.json"
    special = {**(_json(extra) if extra.exists() else {}), **config}
    special = {role: text for role in ROLES if (text := _text(special.get(role))) and inner.token_to_id(text) is not None}
    return PretrainedTokenizer(inner, special, _template(folder, config))


def _from_parts(vocabulary, merges, config):
    """GPT-2's: bytes, merged as merges.txt says, and one special token."""
    tokenizers = _package()
    from minilora.interop.gguf_tokenizer import byte_level

    pairs = [line for line in files.load_text(merges).split("\n") if line and not line.startswith("#version")]
    inner = byte_level(_json(vocabulary), pairs, "gpt-2", merges, bool(config.get("add_prefix_space")))
    inner.add_special_tokens([tokenizers.AddedToken("<|endoftext|>", special=True, normalized=False)])
    return inner


def _json(path):
    value = files.load_json(path)
    if not isinstance(value, dict):
        raise files.FileError(f"{path}: must hold an object, got {type(value).__name__}; download it again")
    return value


def _text(token):
    """A special token's text; older files have an object for it."""
    return token.get("content") if isinstance(token, dict) else token


def _template(folder, config):
    """The chat template: in a file of its own or in tokenizer_config.json, one or several with names."""
    if (folder / "chat_template.jinja").exists():
        return files.load_text(folder / "chat_template.jinja")
    template = config.get("chat_template")
    if isinstance(template, list):
        template = next((entry.get("template") for entry in template if entry.get("name") == "default"), None)
    return template


def _package():
    try:
        import tokenizers
    except ImportError as error:
        raise ValueError("this tokenizer needs the package tokenizers: pip install 'minilora[real]'") from error
    return tokenizers
