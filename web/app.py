"""The FastAPI application: for now the two questions that a supervisor asks."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Response

Readiness = Callable[[], Awaitable[dict[str, str]]]


def make_app(readiness: Readiness) -> FastAPI:
    """The application. `readiness` tells what keeps Vigie from working, by name; nothing where all is well."""
    app = FastAPI(title="Vigie", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz(response: Response) -> dict[str, object]:
        """Vigie can do its work; if not, what is in the way."""
        troubles = await readiness()
        response.status_code = 503 if troubles else 200
        return {"status": "not ready" if troubles else "ready", "troubles": troubles}

    return app
