"""The checker needs NumPy and nothing else: copied out of the project, it works where every other library is missing."""

import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "minilora"
SCRIPT = """
import sys

ALLOWED = {"numpy", "minilora", *sys.stdlib_module_names}


class NothingElse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in ALLOWED:
            raise ImportError(f"{name} is not here")


sys.meta_path.insert(0, NothingElse())
import numpy as np
from minilora.gradcheck import check, check_layer

report = check(lambda x: (x * x, x), lambda dy, x: x * dy, {"x": np.random.default_rng(0).standard_normal((2, 3))})
print(report.findings[0].cause, report.findings[0].matched, len(report.to_json()) > 0, len(report._repr_html_()) > 0)
"""


def test_it_works_with_numpy_alone(tmp_path):
    shutil.copytree(PACKAGE / "gradcheck", tmp_path / "minilora" / "gradcheck")
    shutil.copy(PACKAGE / "backend.py", tmp_path / "minilora")
    command = [sys.executable, "-S", "-c", SCRIPT]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment(tmp_path))
    assert result.stdout.split() == ["wrong_scale", "1/2", "True", "True"], result.stderr


def environment(folder):
    """The copy first, then where NumPy lies."""
    import numpy

    return {"PYTHONPATH": f"{folder}:{Path(numpy.__file__).parents[1]}", "PATH": "/usr/bin:/bin"}
