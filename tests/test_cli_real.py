"""The commands on a model as others publish them: a small random one in a Hugging Face folder."""

import builtins
import re
import shlex
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tokenizers", reason="the package tokenizers is needed: pip install 'minilora[real]'")
pytest.importorskip("jinja2", reason="the package jinja2 is needed: pip install 'minilora[real]'")
sys.path.append(str(Path(__file__).parent / "interop"))
from real_folder import END, write_folder

from minilora import cli, files
from minilora.adapters import LoRA, RSLoRA, inject, load_adapter
from minilora.cli import main
from minilora.experiments import sources
from minilora.files import load_arrays
from minilora.interop import load_huggingface, load_peft, save_huggingface, save_peft
from minilora.nn import generate

CODE = "".join(f"def f{i}(x):\n    return x + {i}\n\n" for i in range(60))
ADAPT = ["--steps", 4, "--batch", 2, "--block", 16, "--rank", 2]


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A folder with a real model, an encoder, a text, and an adapter of the model."""
    room = tmp_path_factory.mktemp("real")
    write_folder(room / "model")
    write_folder(room / "plain", template=None)
    write_folder(room / "encoder", causal=False)
    (room / "code.txt").write_text(CODE)
    adapt = ["adapt", "--model", room / "model", "--text", room / "code.txt", "--folder", room / "adapter", "--lr", 0.05, *ADAPT]
    assert main([str(arg) for arg in adapt]) == 0
    return room


def run(capsys, *args):
    capsys.readouterr()
    code = main([str(arg) for arg in args])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def refused(capsys, *args):
    """The one line that a bad command gets."""
    code, out, err = run(capsys, *args)
    assert code == 2 and out == "" and len(err.splitlines()) == 1 and err.startswith("minilora: ")
    return err


@pytest.fixture
def typed(monkeypatch):
    """typed(*lines): what the reader types, one by one; an exception in their place is raised. Then the input is at its end."""

    def prepare(*lines):
        left = iter(lines)

        def read(prompt=""):
            line = next(left, EOFError())
            if isinstance(line, BaseException):
                raise line
            return line

        monkeypatch.setattr(builtins, "input", read)

    return prepare


def answers(room, *texts, tokens=6, adapter=None):
    """Greedy answers, by hand: the whole conversation, its ids, generate, up to the end of the turn."""
    model, tokenizer = sources.load(room / "model")
    if adapter:
        load_adapter(model, adapter)
    messages, said = [], []
    for text in texts:
        messages.append({"role": "user", "content": text})
        ids = tokenizer.encode(tokenizer.chat(messages), whole=False)
        new = generate(model, [ids], min(tokens, 96 - len(ids)), temperature=0)[0, len(ids) :].tolist()
        new = new[: new.index(tokenizer.eos)] if tokenizer.eos in new else new
        said.append(tokenizer.decode(new))
        messages.append({"role": "assistant", "content": said[-1]})
    return said


def test_generate_continues_and_stops(room, capsys):
    model, tokenizer = sources.load(room / "model")
    ids = tokenizer.encode("def f")
    new = generate(model, [ids], 12, temperature=0)[0].tolist()
    args = ["--model", room / "model", "--prompt", "def f", "--tokens", 12, "--temperature", 0]
    assert run(capsys, "generate", *args) == (0, tokenizer.decode(new) + "\n", "")
    assert run(capsys, "generate", room / "model", *args[2:])[1] == tokenizer.decode(new) + "\n"


def test_generate_stops_at_the_end_token(room, capsys, tmp_path):
    """The end token's row of the head is made the likeliest."""
    folder = shutil.copytree(room / "model", tmp_path / "ends")
    model, tokenizer = sources.load(folder)
    ids = tokenizer.encode("def f")
    first = generate(model, [ids], 1, temperature=0)[0, -1]
    W = model.head.W.data.copy()
    W[tokenizer.eos] = 2 * W[first]
    model.head.W.data = W
    save_huggingface(model, folder)
    assert generate(model, [ids], 1, temperature=0)[0, -1] == tokenizer.eos
    assert run(capsys, "generate", folder, "--prompt", "def f", "--temperature", 0)[1] == "def f\n"


def test_one_answer(room, capsys):
    (said,) = answers(room, "def f")
    args = ["chat", "--model", room / "model", "--temperature", 0, "--tokens", 6]
    assert run(capsys, *args, "--prompt", "def f") == (0, said + "\n", "")
    assert run(capsys, "chat", room / "model", *args[3:], "--prompt", "def f")[1] == said + "\n"


def test_a_conversation_remembers(room, capsys, typed):
    all, alone = answers(room, "a", "b", "c", tokens=4), answers(room, "c", tokens=4)
    assert all[2] != alone[0]
    args = ["chat", "--model", room / "model", "--temperature", 0, "--tokens", 4]
    typed("a", "", "/nothing", "b", "c", "/clear", " c ", "/exit", "a")
    help = "/clear begins anew, /exit or Ctrl-D leaves, Ctrl-C stops an answer"
    said = [f"{room / 'model'}: {help}", all[0], f"/nothing is no command: {help}", *all[1:], *alone]
    assert run(capsys, *args) == (0, "\n".join(said) + "\n", "")
    typed("a")  # and the end of the input
    assert run(capsys, *args) == (0, "\n".join(said[:2]) + "\n\n", "")


def test_ctrl_c_stops_the_answer_only(room, capsys, typed, monkeypatch):
    from minilora.commands import chat

    whole, stream = answers(room, "a", tokens=6)[0], chat.stream

    def stopped(model, ids, *args, **how):
        for i, chosen in enumerate(stream(model, ids, *args, **how)):
            if i == 2:
                raise KeyboardInterrupt
            yield chosen

    monkeypatch.setattr(chat, "stream", stopped)
    typed("a", KeyboardInterrupt(), "/exit")
    args = ["chat", "--model", room / "model", "--temperature", 0, "--tokens", 6]
    code, out, _ = run(capsys, *args)
    said = out.partition("\n")[2].partition("\n/clear")[0].removesuffix("\n")
    assert code == 0 and whole.startswith(said.rstrip("\N{REPLACEMENT CHARACTER}")) and said != whole
    assert run(capsys, *args, "--prompt", "a")[0] == 130  # one answer and no more: Ctrl-C ends it all


def test_a_conversation_past_the_context(room, capsys, typed):
    args = ["chat", "--model", room / "model", "--temperature", 0, "--tokens", 120]
    assert "the model reads 96: shorten the prompt\n" in refused(capsys, *args, "--prompt", "abc" * 50)
    typed("a", "abc" * 50, "/clear", "a")
    code, out, err = run(capsys, *args)
    (said,) = answers(room, "a", tokens=120)
    assert code == 0 and out.partition("\n")[2] == f"{said}\n{said}\n\n"
    assert re.fullmatch(r"minilora: the conversation is \d+ tokens long .* or begin anew with /clear\n", err)


def test_the_system_says_first(room, capsys):
    args = ["chat", "--model", room / "model", "--temperature", 0, "--tokens", 3, "--prompt", "a", "--system", "def"]
    model, tokenizer = sources.load(room / "model")
    ids = tokenizer.encode(tokenizer.chat([{"role": "system", "content": "def"}, {"role": "user", "content": "a"}]))
    new = generate(model, [ids], 3, temperature=0)[0, len(ids) :].tolist()
    assert run(capsys, *args)[1] == tokenizer.decode(new) + "\n" and tokenizer.eos not in new


def test_the_seed_decides(room, capsys):
    args = ["chat", "--model", room / "model", "--temperature", 2, "--top-p", 1, "--tokens", 8, "--prompt", "a", "--seed"]
    one, again, two = (run(capsys, *args, seed)[1] for seed in (1, 1, 2))
    assert one == again != two


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["generate"], "no model is named: give the folder of a run, as in minilora generate runs/base, or --model smollm2"),
        (["generate", "{room}/model", "--model", "{room}/plain"], "two models are named, "),
        (["generate", "{room}/encoder"], "is an encoder: each token sees those after it, so it continues no text"),
        (["chat", "{room}/encoder", "--prompt", "a"], "is an encoder"),
        (["adapt", "{room}/encoder"], "is an encoder"),
        (["generate", "{room}/model", "--prompt", ""], "--prompt is empty"),
        (["generate", "{room}/model", "--prompt", "abc" * 50], "--prompt has 150 tokens and the model reads 96: shorten it"),
        (["chat", "{room}/model", "--prompt", ""], "the prompt is empty"),
        (["chat", "{room}/model", "--prompt", " \n"], "the prompt is empty"),
        (["chat", "{room}/plain", "--prompt", "a"], "has no chat template: continue a text with it, by minilora generate"),
        (["chat", "{room}/plain"], "has no chat template"),
        (["chat", "--model", "large"], "large is no model, and no such path exists; give smollm2 (minilora fetch smollm2)"),
        (["chat", "{room}/model", "--prompt", "a", "--temperature", "-1"], "temperature must be 0 or more"),
        (["spectrum", "{room}/model", "--against", "init"], "does not say which seed its first weights had"),
        (["spectrum", "{room}/model", "--against", "large"], "large is no model"),
        (["adapt", "{room}/model", "--full", "--quantised"], "--full trains every weight, and --quantised"),
        (["merge", "--model", "{room}/model", "{room}/adapter", "--folder", "{room}/adapter"], "use another folder"),
    ],
)
def test_bad_input_gets_one_line(room, capsys, args, says):
    assert says in refused(capsys, *(arg.format(room=room) for arg in args))


def test_adapt(room, capsys):
    """Its defaults are those of a real model, what is frozen is not written, and a second run is the first."""
    args = ["adapt", "--model", room / "model", "--text", room / "code.txt", "--folder", room / "adapter", "--lr", 0.05, *ADAPT]
    code, out, _ = run(capsys, *args)
    assert f" characters, a vocabulary of {sources.load(room / 'model')[1].vocab_size:,} tokens\n" in out
    before, after = (float(loss) for loss in re.findall(r"held-out loss (\d+\.\d+)", out))
    assert code == 0 and after < before and "before: held-out loss" in out
    arrays, _ = load_arrays(next((room / "adapter").glob("checkpoint-*.safetensors")))
    learns = {name for name in arrays if name.startswith("model.")}
    assert learns == {f"model.blocks.{i}.attn.{m}.lora.default.{f}" for i in (0, 1) for m in "qv" for f in "AB"}
    model, _ = sources.load(room / "model")
    assert len(load_adapter(model, room / "adapter")) == 4
    code, _, err = run(capsys, *args[:-1], 3)
    assert code == 2 and "holds another run: its r is 2, asked for is 3" in err


def test_adapt_of_another_model_in_the_same_folder(room, capsys, tmp_path):
    other = write_folder(tmp_path / "model", rows=1)
    args = ["adapt", "--model", other, "--text", room / "code.txt", "--folder", room / "adapter", "--lr", 0.05, *ADAPT]
    code, _, err = run(capsys, *args)
    assert code == 2 and "holds another run: its base is " in err


def test_full_tuning_makes_a_run_that_generates(room, capsys, tmp_path):
    args = ["adapt", room / "model", "--full", "--text", room / "code.txt", "--folder", tmp_path / "full", *ADAPT[:-2]]
    assert run(capsys, *args)[0] == 0
    assert run(capsys, "generate", tmp_path / "full", "--prompt", "def", "--tokens", 3)[0] == 0


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_quantised_adapts_and_generates(room, capsys, tmp_path):
    args = ["adapt", room / "model", "--quantised", "--text", room / "code.txt", "--folder", tmp_path / "q", *ADAPT]
    assert run(capsys, *args)[0] == 0
    more = ["--adapter", tmp_path / "q", "--prompt", "def", "--tokens", 3, "--temperature", 0]
    code, out, err = run(capsys, "generate", room / "model", "--quantised", *more)
    assert code == 0 and out.startswith("def") and err == ""


def test_merge_writes_a_folder_that_chats_the_same(room, capsys):
    assert run(capsys, "merge", "--model", room / "model", room / "adapter", "--folder", room / "merged")[0] == 0
    model, _ = sources.load(room / "model")
    load_adapter(model, room / "adapter")
    ids = np.arange(20)[None]
    np.testing.assert_allclose(load_huggingface(room / "merged").forward(ids), model.eval().forward(ids), rtol=1e-4, atol=1e-5)
    how = ["--prompt", "def", "--tokens", 6, "--temperature", 0]
    merged = run(capsys, "chat", room / "merged", *how)[1]
    assert merged == run(capsys, "chat", room / "model", "--adapter", room / "adapter", *how)[1]
    assert merged == answers(room, "def", adapter=room / "adapter")[0] + "\n"


def test_an_adapter_of_peft(room, capsys, tmp_path):
    model, tokenizer = sources.load(room / "model")
    inject(model, LoRA(r=2), ("attn.q",), rng=1)
    for name, p in model.named_parameters():
        if name.endswith(".B"):
            p.data = p.data + 0.5
    save_peft(model, tmp_path / "peft")
    ids = tokenizer.encode("def f")
    new = generate(model, [ids], 5, temperature=0)[0].tolist()
    args = ["generate", room / "model", "--adapter", tmp_path / "peft", "--prompt", "def f", "--tokens", 5, "--temperature", 0]
    assert run(capsys, *args)[1] == tokenizer.decode(new) + "\n"


def test_info_reads_an_adapter_of_peft(capsys, room, tmp_path):
    model, _ = sources.load(room / "model")
    inject(model, RSLoRA(r=2, alpha=5), ("attn.q", "mlp.up"), rng=1)
    save_peft(model, tmp_path, base="a/base")
    code, out, _ = run(capsys, "info", tmp_path)
    adapter, targets, base = out.splitlines()
    assert code == 0 and adapter.startswith("adapter: RSLoRA(r=2, alpha=5") and adapter.endswith(", in PEFT's format")
    assert targets.startswith("targets: ") and {"q_proj", "up_proj"} <= set(re.findall(r"\w+", targets))
    assert base == "base_model_name_or_path: a/base"
    path = tmp_path / "adapter_config.json"
    settings = files.load_json(path)
    files.save_json(path, settings | {"target_modules": None, "rank_pattern": {"k_proj": 3}})
    _, targets, ranks, _ = run(capsys, "info", tmp_path)[1].splitlines()
    assert targets == "targets: left to the model" and ranks == "rank_pattern: {'k_proj': 3}"
    files.save_json(path, settings | {"r": 0})
    assert f"{path}: " in refused(capsys, "info", tmp_path)
    files.save_json(path, settings | {"peft_type": "IA3"})
    assert "has peft_type='IA3'; minilora reads LORA alone" in refused(capsys, "info", tmp_path)


def test_spectrum_trace_and_info(room, capsys):
    code, out, _ = run(capsys, "spectrum", "--model", room / "model", "--against", room / "plain")
    assert code == 0 and len(out.splitlines()) == 1 + 2 * 7
    code, out, _ = run(capsys, "trace", "--model", room / "model")
    assert code == 0 and "blocks.1.attn.q" in out
    code, out, _ = run(capsys, "info", room / "model")
    assert code == 0 and f"ends with {END}, chat template: yes" in out and re.search(r"n_kv_heads +1\n", out)
    assert "is no model" in refused(capsys, "info", room / "nothing")


@pytest.mark.parametrize("command", ["fetch", "chat", "generate", "adapt", "merge", "spectrum", "trace", "info"])
def test_help_has_an_example_that_parses(command, capsys):
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    example = " ".join(capsys.readouterr().out.split()).partition("example: minilora ")[2]
    assert cli.parser().parse_args(shlex.split(example)).command == command


def test_export_writes_the_adapter_for_peft(capsys, room, tmp_path):
    code, out, _ = run(capsys, "export", room / "model", room / "adapter", "--folder", tmp_path / "peft")
    assert code == 0 and "PeftModel.from_pretrained" in out
    settings = files.load_json(tmp_path / "peft" / "adapter_config.json")
    assert settings["base_model_name_or_path"] == str(room / "model") and settings["r"] == 2
    ours, theirs = (sources.load(room / "model")[0] for _ in range(2))
    load_adapter(ours, room / "adapter")
    load_peft(theirs, tmp_path / "peft")
    ids = np.arange(8)[None]
    plain = sources.load(room / "model")[0].forward(ids)
    assert np.array_equal(ours.forward(ids), theirs.forward(ids)) and not np.allclose(ours.forward(ids), plain)
    before = sorted(path.name for path in (room / "adapter").iterdir())
    assert "use another folder" in refused(capsys, "export", room / "model", room / "adapter", "--folder", room / "adapter")
    assert sorted(path.name for path in (room / "adapter").iterdir()) == before


def test_merge_replaces_no_file_of_a_model_or_an_adapter(capsys, room):
    for place in ("model", "adapter"):
        before = {path.name: path.read_bytes() for path in (room / place).iterdir()}
        assert "would be lost" in refused(capsys, "merge", room / "model", room / "adapter", "--folder", room / place)
        assert {path.name: path.read_bytes() for path in (room / place).iterdir()} == before
