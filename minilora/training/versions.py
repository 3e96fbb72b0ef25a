"""What the last bits of a run depend on besides its seed."""

import platform
from importlib.metadata import version

import threadpoolctl

from minilora import __version__, backend


def versions():
    """{"python", "numpy", "minilora", "backend", "threads", "kernels"}: as strings and numbers, for a checkpoint or a report.

    threads: how many NumPy's BLAS uses (SciPy brings another, loaded when it is first needed). kernels: the processor that the
    BLAS chose its code for.
    """
    found = [pool for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]
    blas = [pool for pool in found if "numpy" in pool["filepath"]] or found
    return {
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "minilora": __version__,
        "backend": backend.xp.__name__,
        "threads": max((pool["num_threads"] for pool in blas), default=None),
        "kernels": ", ".join(sorted({str(pool.get("architecture")) for pool in blas})),
    }
