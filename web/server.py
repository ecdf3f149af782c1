"""uvicorn as a guest in our loop: it leaves the signals alone, and a taken port is an error, not an exit."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from news.errors import ConfigError


class _Guest(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say when the server listens."""
        await super().startup(sockets)
        self.is_up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM and Ctrl-C are for the whole service, which then stops this server."""
        yield


class WebServer:
    """Listens from `start` to `stop`."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        self._host, self._port = host, port
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2)
        # It would tell paths, and to know some of ours is to be let in. What uvicorn is told above, a handler undoes.
        logging.getLogger("uvicorn.access").disabled = True
        self._server = _Guest(config)
        self._serving: asyncio.Task[None] | None = None
        self._socket: socket.socket | None = None

    async def start(self) -> None:
        """Begin to listen. Raises ConfigError where the address cannot be had."""
        self._socket = _listening(self._host, self._port)
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._socket]), name="web server")
        await self._server.is_up.wait()

    @property
    def url(self) -> str:
        """Where it listens."""
        if self._socket is None:
            return ""
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def stop(self) -> None:
        """Answer what was asked, then close."""
        self._server.should_exit = True
        if self._serving is not None:
            await self._serving
        if self._socket is not None:
            self._socket.close()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"nothing can listen on {host}:{port}: {error.strerror or error}",
            "choose another port in [web], or stop what has it",
        ) from error
    listener.setblocking(False)
    return listener
