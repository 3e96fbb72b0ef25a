"""What the last bits of a run depend on besides its seed."""

import platform
from importlib.metadata import version

import threadpoolctl

from minilora import __version__, backend


def versions():
    """{"python", "numpy", "minilora", "backend", "threads", "kernels"}: as strings and numbers, for a checkpoint or a report.

    threads: how many the BLAS uses. kernels: the processor that the BLAS chose its code for.
    """
    blas = [pool for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]
    return {
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "minilora": __version__,
        "backend": backend.xp.__name__,
        "threads": max((pool["num_threads"] for pool in blas), default=None),
        "kernels": ", ".join(sorted({str(pool.get("architecture")) for pool in blas})),
    }
