"""A Hugging Face folder with all that a real model has: a small random Llama, its byte-level BPE and its chat template."""

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from minilora.interop import save_huggingface
from minilora.interop.tokenizer import PretrainedTokenizer
from minilora.nn import Transformer, TransformerConfig

END, START = "<|im_end|>", "<|im_start|>"
TEMPLATE = "{% for m in messages %}" + START + "{{ m['role'] }}\n{{ m['content'] }}" + END + "\n{% endfor %}" \
           "{% if add_generation_prompt %}" + START + "assistant\n{% endif %}"  # fmt: skip
WORDS = ["d e", "de f", "r e", "re t", "u r", "ur n", "ret urn", "Ġ x", "i n", "t h"]


def write_folder(folder, merges=10, rows=0, template=TEMPLATE, block_size=96, causal=True):
    """merges: how many of WORDS, and made-up ones after them. rows: of the model beyond its tokens. Returns the folder."""
    pairs = [tuple(word.split(" ")) for word in WORDS[:merges]] + [("z", "z" * i) for i in range(1, merges - 9)]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate([*letters, *("".join(pair) for pair in pairs)])}
    inner = Tokenizer(models.BPE(vocab=vocabulary, merges=pairs))
    inner.pre_tokenizer, inner.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    inner.add_special_tokens([AddedToken(START, special=True), AddedToken(END, special=True)])
    tokenizer = PretrainedTokenizer(inner, {"eos_token": END}, template)
    preset = {"n_kv_heads": 1, "tied": False} if causal else {}
    config = TransformerConfig.preset(
        "tiny-llama" if causal else "tiny-bert", vocab_size=tokenizer.vocab_size + rows, block_size=block_size, n_layers=2,
        d_model=16, n_heads=2, d_mlp=24, dropout=0.0, **preset,
    )  # fmt: skip
    model = Transformer(config, rng=0)
    for p in model.parameters():  # larger than one begins with, so that it says more than one word
        if p.data.ndim > 1:
            p.data = 12 * p.data
    save_huggingface(model, folder)
    tokenizer.save_huggingface(folder)
    return folder
