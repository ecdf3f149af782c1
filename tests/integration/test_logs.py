"""What the log says of a fault: where it was, and no secret that happened to be near."""

import io
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr
from typing import Literal

import pytest
import structlog

from cli import logs
from service.settings import LogSettings

CANARY = "whsec_canary"


@pytest.fixture
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, configured = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**configured)


def _broken(secret: str) -> None:
    raise ValueError(f"{len(secret)} characters")


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("format_", ["console", "json"])
def test_a_traceback_shows_the_lines_and_not_what_the_variables_held(format_: Literal["console", "json"]) -> None:
    said = io.StringIO()
    with redirect_stderr(said):
        logs.configure(LogSettings(format=format_))
        secret = CANARY
        try:
            _broken(secret)
        except ValueError:
            structlog.get_logger().exception("delivery broke")
            logging.getLogger("elsewhere").exception("broke too")
    assert said.getvalue().count("12 characters") == 2
    assert "in _broken" in said.getvalue()
    assert CANARY not in said.getvalue()
