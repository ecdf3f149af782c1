"""This process as the operating system sees it: memory, open files, processor time, when it began."""

import os
import resource
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_SELF = Path("/proc/self")
_BEGAN = time.time() - time.process_time()


def process_figures() -> Mapping[str, float]:
    """By the names that Prometheus has for them; without those that this system does not tell."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures: dict[str, float] = {"process_cpu_seconds_total": used.ru_utime + used.ru_stime}
    figures["process_max_fds"] = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    figures["process_start_time_seconds"] = _BEGAN
    with suppress(OSError, ValueError, IndexError):
        pages = int((_SELF / "statm").read_text(encoding="ascii").split()[1])
        figures["process_resident_memory_bytes"] = pages * os.sysconf("SC_PAGE_SIZE")
    with suppress(OSError):
        figures["process_open_fds"] = sum(1 for _ in (_SELF / "fd").iterdir())
    return figures
