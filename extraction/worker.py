"""Inside a worker process: the limits it lives under, and how a call reaches it and its outcome leaves."""

import ctypes
import math
import os
import pickle
import resource
import signal
import sys
import time
from collections.abc import Callable
from traceback import format_exc

from news.article import Page

_MEMORY = 2 * 1024**3  # bytes of address space; a page of 10 MiB takes a fifth of it
_REHEARSED = f"<html><body><h1>Rehearsal</h1>{'<p>The curtain rises on an empty stage.</p>' * 9}</body></html>"
_LINGER = 0.05  # seconds
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


def prepare(parent: int, rehearsal: Callable[[], object]) -> None:
    """A worker's first act: accept its limits, then rehearse what its calls will do, before any clock runs.

    Ctrl-C is the service's business. SIGTERM ends the worker even within a library's C code, where Python's own
    handlers would wait. `parent` is the process that it must not outlive.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    if os.getppid() != parent:
        os._exit(1)  # the parent died before it could be watched
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # each thread would claim address space, and none is needed
    rehearsal()


def rehearse() -> None:
    """Extract one page, so that the modules and models that take their time to load are there."""
    from extraction.article import extract_article

    extract_article(Page("https://rehearsal.example/", _REHEARSED.encode()))


def _limit_cpu(seconds: float) -> None:
    """Have the kernel end this process once it has used so much more processor time, whoever is left to watch it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime + seconds), hard))


def _portable(error: BaseException) -> Exception:
    """The error itself if it survives the way to another process; else, or if it would end that, one that says so."""
    trace = f"in a worker process:\n{format_exc()}"
    told: Exception = RuntimeError(f"{type(error).__name__}: {error}")
    if isinstance(error, Exception):
        try:
            pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
            told = error
        except Exception as obstacle:  # whatever an error's constructor may raise
            trace = f"{trace}\nIt cannot be pickled: {obstacle}"
    told.add_note(trace)
    return told


def call(request: bytes, seconds: float) -> bytes:
    """Run the pickled (function, args, kwargs); the outcome is a pickled (error or None, value).

    Both ways are pickled here and not by the pool, so that a value that cannot be pickled fails its own call only.
    """
    _limit_cpu(seconds)
    try:
        function, args, kwargs = pickle.loads(request)  # noqa: S301 - our own bytes
        return pickle.dumps((None, function(*args, **kwargs)))
    except BaseException as error:  # carried to the caller, where it is raised
        return pickle.dumps((_portable(error), None))


def ready() -> int:
    """The process id of a worker that is prepared; it lingers a moment, so that its fellows get the same question."""
    time.sleep(_LINGER)
    return os.getpid()
