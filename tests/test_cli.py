"""The command line from end to end on tiny runs, and its answers to bad input: one line, exit code 2, nothing half written."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from minilora.adapters import load_adapter
from minilora.cli import main, parser
from minilora.experiments import runs
from minilora.files import load_arrays
from minilora.training import read_state

SMALL = ["--layers", "1", "--width", "16", "--heads", "2", "--block", "16", "--batch", "4", "--steps", "6"]
TEXT = "".join(f"The {i}th line says that {i * i % 97} is a number, and so on.\n" for i in range(80))
CODE = "".join(f"def f{i}(x):\n    return x + {i}\n\n" for i in range(120))


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A folder with texts, a trained run and an adapter of it."""
    folder = tmp_path_factory.mktemp("cli")
    (folder / "text.txt").write_text(TEXT)
    (folder / "code.txt").write_text(CODE)
    base, text = str(folder / "base"), str(folder / "text.txt")
    assert main(["train", "--text", text, "--folder", base, "--tokenizer", "bpe", "--vocabulary", "300", *SMALL]) == 0
    adapt = ["adapt", base, "--text", str(folder / "code.txt"), "--rank", "2", "--steps", "5", "--batch", "4"]
    assert main([*adapt, "--folder", str(folder / "adapter")]) == 0
    return folder


def run(capsys, *args):
    """Exit code, and what was printed, of a command."""
    capsys.readouterr()
    code = main([str(arg) for arg in args])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def refused(capsys, *args):
    """The one line that a bad command gets."""
    code, _, err = run(capsys, *args)
    lines = [line for line in err.replace("\r", "\n").splitlines() if line.startswith("minilora:")]
    assert code == 2 and len(lines) == 1 and "Traceback" not in err
    return lines[0]


def test_merged_model_writes_what_the_adapted_one_writes(room, capsys):
    assert run(capsys, "merge", room / "base", room / "adapter", "--folder", room / "merged")[0] == 0
    prompt = ["--prompt", "def ", "--tokens", 20, "--temperature", 0]
    _, adapted, _ = run(capsys, "generate", room / "base", "--adapter", room / "adapter", *prompt)
    _, merged, _ = run(capsys, "generate", room / "merged", *prompt)
    assert adapted == merged and adapted.startswith("def ")


def test_training_again_changes_nothing(room, capsys):
    before = (room / "base" / "history.csv").read_text()
    args = ["--text", room / "text.txt", "--folder", room / "base", "--tokenizer", "bpe", "--vocabulary", 300]
    assert run(capsys, "train", *args, *SMALL)[0] == 0
    assert (room / "base" / "history.csv").read_text() == before


def test_full_tuning_gives_a_run(room, capsys):
    full = ["adapt", room / "base", "--full", "--text", room / "code.txt", "--steps", 3, "--folder", room / "full"]
    assert run(capsys, *full)[0] == 0
    assert run(capsys, "generate", room / "full", "--tokens", 3)[0] == 0


def test_spectrum(room, capsys):
    code, out, _ = run(capsys, "spectrum", room / "base", "--adapter", room / "adapter", "--against", room / "base",
                       "--picture", room / "s.png")  # fmt: skip
    ranks = [float(line.split()[-2]) for line in out.splitlines() if line.startswith("blocks.0")]
    assert code == 0 and len(ranks) == 6 and all(1 <= rank <= 2.001 for rank in ranks)  # LoRA's change has rank 2
    assert (room / "s.png").read_bytes().startswith(b"\x89PNG")
    assert run(capsys, "spectrum", room / "base", "--against", "init")[0] == 0
    assert run(capsys, "spectrum", room / "base")[0] == 0


def test_trace_counts_every_parameter_once(room, capsys):
    _, out, _ = run(capsys, "trace", room / "base")
    *layers, last = out.splitlines()[1:]
    own = [int(line.split()[-1]) for line in layers if line.split()[-1].isdigit()]
    assert sum(own) == int(last.split()[0].replace(",", ""))


def test_info(room, capsys):
    assert "ops" in run(capsys, "info")[1]
    assert "vocab_size" in run(capsys, "info", room / "base")[1]
    assert "LoRA(r=2" in run(capsys, "info", room / "adapter")[1]


def test_verify(room, capsys):
    code, out, _ = run(capsys, "verify", "linear", "lora", "--json", "--html", room / "v.html")
    assert code == 0 and list(json.loads(out)) == ["linear", "lora"]
    assert "linear" in (room / "v.html").read_text()


def test_gradcheck_of_a_file(room, capsys):
    right = (
        "import numpy as np\n"
        "def square_forward(x):\n    return x * x, x\n"
        "def square_backward(dy, x):\n    return 2 * x * dy\n"
        "def square_inputs():\n    return {'x': np.array([0.5, -1.5, 2.0])}\n"
    )
    (room / "right.py").write_text(right)
    (room / "wrong.py").write_text(right.replace("2 * x * dy", "x * dy"))
    assert run(capsys, "gradcheck", room / "right.py")[0] == 0
    assert run(capsys, "gradcheck", room / "wrong.py")[0] == 1


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["adapt", "{room}/base", "--rank", "99"], "lora rank must be between 1 and min(in, out)=16, got 99"),
        (["adapt", "{room}/base", "--targets", "attn.z"], "attn.q"),
        (["adapt", "{room}/base", "--method", "loraga"], "no method is named 'loraga'; did you mean 'lora-ga'?"),
        (["adapt", "{room}/base", "--method", "vera", "--alpha", "2"], "vera has no alpha: leave --alpha out"),
        (["adapt", "{room}/base", "--full", "--method", "dora"], "--full"),
        (["systems", "B", "--jobs", "0", "--folder", "{room}/systems"], "jobs must be 1 or more, or -1 for one a core, got 0"),
        (["lowrank", "spectrum"], "spectra"),
        (["generate", "{room}/nothing"], "is no model"),
        (["generate", "{room}/base", "--temperature", "-1"], "temperature"),
        (["generate", "{room}/base", "--adapter", "{room}/base"], "is no adapter: it holds neither adapter.json (minilora's)"),
        (["generate", "{room}/base", "--adapter", "nosuch"], "nosuch is no adapter: there is no such folder; name a folder that"),
        (["generate", "{room}/base", "--prompt", ""], "--prompt"),
        (["train", "--text", "{room}/missing.txt"], "missing.txt"),
        (["train", "--text", "{room}/empty.txt"], "empty"),
        (["train", "--text", "{room}/tiny.txt", "--tokenizer", "char"], "too short"),
        (["train", "--text", "{room}/text.txt", "--heads", "3"], "n_heads"),
        (["adapt", "{room}/base", "--full", "--rank", "3"], "--full"),
        (["spectrum", "{room}/base", "--picture", "{room}/text.txt/s.png"], "text.txt"),
        (["spectrum", "{room}/base", "--picture", "s.xyz"], "xyz"),
        (["demo", "--text", "{room}/tiny.txt"], "too short"),
        (["train", "--text", "{room}/text.txt", "--folder", "{room}/text.txt/sub"], "text.txt"),
        (["verify", "nosuch"], "linear"),
        (["gradcheck", "{room}/missing.py"], "missing.py"),
        (["exercise", "check"], "number"),
        (["exercise", "start", "99"], "02a"),
        (["--backend", "cupy", "info"], "cupy"),
    ],
)
def test_bad_input_gets_one_line(room, capsys, args, says, tmp_path, monkeypatch):
    cupy = pytest.importorskip("cupy") if "cupy" in args and "cupy" in sys.modules else None
    if cupy and cupy.cuda.is_available():
        pytest.skip("there is a GPU")
    (room / "empty.txt").write_text("")
    (room / "tiny.txt").write_text("hello " * 20)
    monkeypatch.chdir(tmp_path)
    assert says in refused(capsys, *(arg.format(room=room) for arg in args))
    assert not list(tmp_path.rglob("*.safetensors")) and not list(tmp_path.rglob("*.tmp"))


def test_unknown_character_is_named(room, capsys):
    assert run(capsys, "train", "--text", room / "text.txt", "--folder", room / "char", "--tokenizer", "char", *SMALL)[0] == 0
    assert "'é'" in refused(capsys, "generate", room / "char", "--prompt", "é")


def test_truncated_and_foreign_checkpoints(room, capsys):
    broken = room / "broken"
    broken.mkdir()
    for file in (room / "base").iterdir():
        content = file.read_bytes()
        (broken / file.name).write_bytes(content[: len(content) // 2] if file.suffix == ".safetensors" else content)
    assert "broken" in refused(capsys, "generate", broken)
    (broken / "checkpoint.json").write_text('{"format": "another"}')
    assert "not a checkpoint" in refused(capsys, "generate", broken)


def test_cupy_by_environment_is_refused_in_one_line():
    code = "import sys; from minilora.cli import main; sys.modules['cupy'] = None; sys.exit(main(['info']))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"MINILORA_BACKEND": "cupy", "PATH": ""}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and done.stderr.startswith("minilora: backend 'cupy'") and done.stderr.count("\n") == 1


def test_every_command_has_help_with_an_example(capsys):
    names = set(next(action.choices for action in parser()._actions if isinstance(action.choices, dict)))
    expected = "demo verify gradcheck train adapt merge generate spectrum lowrank systems family trace info exercise"
    assert names >= set(expected.split())
    for name in names:
        with pytest.raises(SystemExit) as end:
            main([name, "--help"])
        out = capsys.readouterr().out
        assert end.value.code == 0 and f"example: minilora {name}" in " ".join(out.split())


@pytest.mark.parametrize(
    ("command", "module", "says"), [("info", "checks", "stopped\n"), ("train", "models", "goes on from runs/base")]
)
def test_ctrl_c_says_how_to_go_on_where_one_can(monkeypatch, capsys, command, module, says):
    def interrupted(args):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"minilora.commands.{module}.{command}", interrupted)
    code, _, err = run(capsys, command)
    assert code == 130 and says in err


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (["--alpha", "4"], "its alpha is 16, asked for is 4"),
        (["--lr", "0"], "its lr is 0.005, asked for is 0.0"),
        (["--seed", "1"], "its seed is 0, asked for is 1"),
        (["--full"], "its full is False"),
    ],
)
def test_a_folder_holds_one_run(room, capsys, changed, says):
    before = {file.name: file.read_bytes() for file in (room / "adapter").iterdir()}
    rank = [] if "--full" in changed else ["--rank", "2"]
    args = ["adapt", room / "base", "--text", room / "code.txt", "--steps", 5, "--batch", 4, "--folder", room / "adapter", *rank]
    assert says in refused(capsys, *args, *changed)
    assert {file.name: file.read_bytes() for file in (room / "adapter").iterdir()} == before


@pytest.mark.parametrize("method", ["lora-ga", "qlora", "svft"])
def test_other_methods_adapt_too(room, capsys, method):
    args = ["adapt", room / "base", "--method", method, "--text", room / "code.txt", "--steps", 2, "--batch", 4]
    assert run(capsys, *args, *([] if method == "svft" else ["--rank", 2]), "--folder", room / method)[0] == 0
    assert f'"method": "{method}"' in (room / method / "adapter.json").read_text("utf-8")
    assert run(capsys, "generate", room / "base", "--adapter", room / method, "--tokens", 3)[0] == 0


@pytest.mark.parametrize(
    ("method", "kind", "says"),
    [
        ("dora", "AdamW", None),
        ("lora-fa", "LoRAFAAdamW", "optimizer: LoRAFAAdamW, "),
        ("adalora", "AdaLoRAAdamW", "falls from 4 to 2 triplets a layer, from step 2 to step 8"),
    ],
)
def test_a_method_trains_with_its_own_optimizer(room, capsys, method, kind, says):
    args = ["adapt", room / "base", "--method", method, "--text", room / "code.txt", "--rank", 4, "--batch", 4, "--steps", 10]
    code, out, _ = run(capsys, *args, "--folder", room / f"own-{method}")
    assert code == 0 and (says in out if says else "optimizer" not in out)
    assert read_state(room / f"own-{method}")["optimizer"]["kind"] == kind
    if method == "adalora":
        arrays, _ = load_arrays(room / "own-adalora" / "adapter.safetensors")
        lams = np.concatenate([array for name, array in arrays.items() if name.endswith(".lam")])
        assert (lams != 0).sum() == len(lams) / 2


@pytest.mark.parametrize("extra", [["--rank", 1, "--steps", 1], ["--rank", 3, "--steps", 2]])
def test_the_smallest_adalora_trains(room, capsys, extra):
    args = ["adapt", room / "base", "--method", "adalora", "--text", room / "code.txt", "--batch", 4, *extra]
    assert run(capsys, *args, "--folder", room / f"least{extra[1]}")[0] == 0


def test_merging_a_base_in_4_bits_dequantises_it_first(room, capsys):
    adapt = ["adapt", room / "base", "--method", "qlora", "--text", room / "code.txt", "--steps", 3, "--rank", 2]
    assert run(capsys, *adapt, "--folder", room / "q")[0] == 0
    code, out, _ = run(capsys, "merge", room / "base", room / "q", "--folder", room / "qm")
    assert code == 0 and "6 layers are held in few bits: dequantised first" in out
    merged, adapted = runs.load_model(room / "qm"), runs.load_model(room / "base")
    load_adapter(adapted, room / "q")
    ids = np.arange(12)[None]
    np.testing.assert_allclose(merged.forward(ids), adapted.eval().forward(ids), rtol=1e-4, atol=1e-5)
    code, out, _ = run(capsys, "merge", room / "base", room / "adapter", "--folder", room / "merged-in-full")
    assert code == 0 and "dequantised" not in out


def test_an_adapter_is_no_model(room, capsys):
    assert "--adapter" in refused(capsys, "generate", room / "adapter")


def test_init_of_a_tuned_model_is_that_of_its_base(room, capsys):
    train = ["train", "--text", room / "text.txt", "--folder", room / "seed5", "--seed", 5, "--vocabulary", 300, *SMALL]
    assert run(capsys, *train)[0] == 0
    full = ["adapt", room / "seed5", "--full", "--text", room / "code.txt", "--steps", 1, "--folder", room / "full5", "--lr", 0]
    assert run(capsys, *full)[0] == 0
    of_base, of_full = (run(capsys, "spectrum", room / name, "--against", "init")[1] for name in ("seed5", "full5"))
    assert of_base == of_full  # a rate of 0 changes nothing


def test_a_merged_head_opens_again(room, capsys):
    head = ["adapt", room / "base", "--text", room / "code.txt", "--targets", "head", "--steps", 2, "--rank", 2]
    assert run(capsys, *head, "--folder", room / "h")[0] == 0
    assert run(capsys, "merge", room / "base", room / "h", "--folder", room / "hm")[0] == 0
    assert run(capsys, "generate", room / "hm", "--tokens", 3)[0] == 0


def test_warnings_take_one_line(capsys, monkeypatch):
    import warnings

    monkeypatch.setattr("minilora.commands.checks.info", lambda args: warnings.warn("look here", stacklevel=1))
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert "minilora: note: look here\n" == run(capsys, "info")[2]


@pytest.mark.parametrize("command", ["verify", "gradcheck", "info", "exercise"])
def test_the_examples_run(command, capsys, monkeypatch, tmp_path):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    example = " ".join(capsys.readouterr().out.split()).partition("example: minilora ")[2].split()
    monkeypatch.chdir(Path(__file__).parents[1])
    folder = ["--folder", str(tmp_path)] if command == "exercise" else []
    assert main([*example, *folder]) == 0


def test_a_defect_keeps_its_traceback(monkeypatch):
    import minilora.commands.checks as checks

    monkeypatch.setattr(checks, "info", lambda args: {}["defect"])
    with pytest.raises(KeyError):
        main(["info"])
