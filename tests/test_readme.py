"""The README is true: its Python runs, its commands exist, its links lead somewhere, its picture is drawn by a command."""

import re
import shlex
from pathlib import Path

import pytest

from minilora.cli import main, parser

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", README, flags=re.S)
CONSOLE = "\n".join(re.findall(r"```console\n(.*?)```", README, flags=re.S))
COMMANDS = re.findall(r"^minilora .*$", CONSOLE, flags=re.M)
TARGETS = sorted(set(re.findall(r"(?:^|`)make ([a-z]+)", README, flags=re.M)))


@pytest.mark.parametrize("code", PYTHON)
def test_python_runs(code, capsys):
    exec(compile(code, "README.md", "exec"), {})


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_one(command):
    assert parser().parse_args(shlex.split(command, comments=True)[1:]).run


@pytest.mark.parametrize("target", TARGETS)
def test_a_make_target_is_there(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), flags=re.M)


def test_links_lead_somewhere():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    titles = {f"#{title.lower().replace(' ', '-')}" for title in re.findall(r"^#+ (.*)$", README, flags=re.M)}
    assert len(links) > 10 and not [link for link in links if link not in titles and not (ROOT / link).exists()]


def test_nothing_is_left_to_fill_in():
    assert len(PYTHON) == 2 and len(COMMANDS) >= 6 and len(TARGETS) >= 4
    assert not re.search(r"TODO|[A-Z]+_[A-Z]+", re.sub(r"MINILORA_\w+", "", README))


def test_the_systems_are_as_their_kept_result_says(capsys):
    command = "systems show --folder lessons/results/systems"
    assert main(["systems", "show", "--folder", str(ROOT / "lessons" / "results" / "systems")]) == 0
    begin, end = f"<!-- what `minilora {command}` prints -->\n", "<!-- end of the systems -->"
    assert re.findall(f"{begin}(.*?){end}", README, flags=re.S) == [capsys.readouterr().out]


def test_the_speed_is_as_measured():
    begin, end = "<!-- what `make bench` wrote into benchmarks/results/table.md -->\n", "<!-- end of the table -->"
    kept = (ROOT / "benchmarks" / "results" / "table.md").read_text("utf-8")
    assert re.findall(f"{begin}(.*?){end}", README, flags=re.S) == [kept]
