"""The real service, started so that it kills itself at a named point: `python -m bench.kill_service --data FOLDER`.

`--kill-at answered:3` ends it with SIGKILL when a delivery is answered for the third time; nothing else differs from
`vigie run`.
"""

import argparse
import os
import signal
from pathlib import Path

from cli import logs
from cli.place import Place
from cli.serving import serve
from crawler import reactor
from news.delivering import Passing, Point


def killing(at: str) -> Passing:
    """What ends this process at `point:times`; nothing where `at` is empty."""
    name, _, times = at.partition(":")
    left = int(times or 0)

    def passing(point: Point) -> None:
        nonlocal left
        if point == name:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return passing


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kill-at", default="", metavar="POINT:TIMES")
    options = parser.parse_args()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    place = Place.of(options.data, None)
    logs.configure(place.settings().log)
    place.folder.hold()
    try:
        reactor.run(serve(place, killing(options.kill_at)))
    finally:
        place.folder.let_go()


if __name__ == "__main__":
    main()
