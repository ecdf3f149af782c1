"""`vigie run`: the service, until it is told to stop."""

import signal

from cli import logs
from cli.options import DEFAULT_DATA, Config, Data


def run(data: Data = DEFAULT_DATA, config: Config = None) -> None:
    """Run the service: crawl, match and alert until it is stopped.

    It keeps everything in the data folder and logs one line for each outcome. SIGTERM or Ctrl-C stops it within
    25 seconds, a second Ctrl-C at once; SIGHUP makes it read its settings again.

    Examples:

        vigie run

        vigie run --data /var/lib/vigie --config /etc/vigie/vigie.toml

        curl http://127.0.0.1:8765/readyz
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until we listen to it: whoever reloads too early must not kill us

    from cli.place import Place
    from cli.serving import serve
    from crawler import reactor

    place = Place.of(data, config)
    logs.configure(place.settings().log)
    place.folder.hold()
    try:
        reactor.run(serve(place))
    finally:
        place.folder.let_go()
