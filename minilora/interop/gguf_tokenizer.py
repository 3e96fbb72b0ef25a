"""The tokeniser that a GGUF file keeps in its metadata: byte-level BPE, as GPT-2's."""

from minilora import files
from minilora.interop.gguf_header import read_header

CONTROL, USER_DEFINED = 3, 4  # tokenizer.ggml.token_type: taken whole out of a text; a control token is no text itself
SPLITS = ("gpt-2", "smollm")  # tokenizer.ggml.pre: how a text is cut before merging
ROLES = {"bos_token": "bos", "eos_token": "eos", "unk_token": "unknown", "pad_token": "padding"}


def from_gguf(path):
    """(tokeniser of the package tokenizers, {role: token}, chat template or None) of a GGUF file.

    ValueError names a kind or a way to cut that is none of ours; files.FileError for a file that cannot be read, or that
    contradicts itself.
    """
    found = read_header(path).metadata
    kind, split = found.get("tokenizer.ggml.model"), found.get("tokenizer.ggml.pre")
    if kind != "gpt2":
        raise ValueError(f"{path}: minilora has no tokenizer of kind {kind!r}; it has 'gpt2', byte-level BPE")
    if split not in SPLITS:
        raise ValueError(f"{path}: minilora has no pre-tokenizer {split!r}; it has {' and '.join(map(repr, SPLITS))}")
    tokens, merges = (_strings(found, f"tokenizer.ggml.{name}", path) for name in ("tokens", "merges"))
    vocabulary = {token: i for i, token in enumerate(tokens)}
    if len(vocabulary) < len(tokens):
        raise files.FileError(f"{path}: tokenizer.ggml.tokens holds a token twice; download it again")
    inner = byte_level(vocabulary, merges, split, path)
    kinds = found.get("tokenizer.ggml.token_type", [])
    if kinds and (not isinstance(kinds, list) or len(kinds) != len(tokens)):
        values = f"{len(kinds)} values in tokenizer.ggml.token_type for {len(tokens)} tokens"
        raise files.FileError(f"{path}: has {values}; download it again")
    _add_whole(inner, tokens, kinds)
    special = {}
    for role, name in ROLES.items():
        i = found.get(f"tokenizer.ggml.{name}_token_id")
        if i is not None:
            if not isinstance(i, int) or not 0 <= i < len(tokens):
                raise files.FileError(f"{path}: its {name} token is {i}, of {len(tokens)} tokens; download it again")
            special[role] = tokens[i]
    _add_ends(inner, found, special)
    return inner, special, found.get("tokenizer.chat_template")


def byte_level(vocabulary, merges, split, source, add_prefix_space=False):
    """Byte-level BPE with {token: id} and merges, "left right" each. files.FileError names `source` where they do not fit."""
    try:
        from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    except ImportError as error:
        raise ValueError("this tokenizer needs the package tokenizers: pip install 'minilora[real]'") from error
    pairs = [tuple(merge.split(" ")) for merge in merges]
    if wrong := next((merge for merge, pair in zip(merges, pairs, strict=True) if len(pair) != 2), None):
        raise files.FileError(f"{source}: {wrong!r} is no merge of two tokens; download it again")
    try:
        inner = Tokenizer(models.BPE(vocab=vocabulary, merges=pairs))
    except Exception as error:  # the package raises nothing narrower
        reason = " ".join(str(error).split())
        raise files.FileError(f"{source}: its merges do not fit its tokens ({reason}); download it again") from error
    letters = pre_tokenizers.ByteLevel(add_prefix_space=add_prefix_space)
    one_by_one = pre_tokenizers.Digits(individual_digits=True)
    inner.pre_tokenizer = pre_tokenizers.Sequence([one_by_one, letters]) if split == "smollm" else letters
    inner.decoder = decoders.ByteLevel()
    inner.post_processor = processors.ByteLevel(trim_offsets=False)
    return inner


def _add_whole(inner, tokens, kinds):
    from tokenizers import AddedToken

    for kind, add in ((CONTROL, inner.add_special_tokens), (USER_DEFINED, inner.add_tokens)):
        add([AddedToken(token, special=kind == CONTROL, normalized=False)
             for token, its_kind in zip(tokens, kinds, strict=False) if its_kind == kind])  # fmt: skip


def _add_ends(inner, found, special):
    """The tokens that belong at a text's ends, where the file asks for them."""
    from tokenizers import processors

    before = ["bos_token"] if found.get("tokenizer.ggml.add_bos_token") and "bos_token" in special else []
    after = ["eos_token"] if found.get("tokenizer.ggml.add_eos_token") and "eos_token" in special else []
    if before or after:
        ends = {special[role]: inner.token_to_id(special[role]) for role in before + after}
        single = [*(special[role] for role in before), "$A", *(special[role] for role in after)]
        inner.post_processor = processors.TemplateProcessing(single=single, special_tokens=list(ends.items()))


def _strings(found, name, path):
    value = found.get(name)
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise files.FileError(f"{path}: lacks {name}, a list of strings; download it again")
    return value
