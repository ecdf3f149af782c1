"""The FastAPI application: the two questions that a supervisor asks, the feeds, and the door for hubs if there is."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Response

from service.feedback import FeedbackDesk
from web.feedback import feedback_router
from web.feeds import FeedDesk, feeds_router
from web.websub import HubDesk, websub_router

Readiness = Callable[[], Awaitable[dict[str, str]]]


def make_app(
    readiness: Readiness,
    hubs: HubDesk | None = None,
    feeds: FeedDesk | None = None,
    feedback: FeedbackDesk | None = None,
) -> FastAPI:
    """The application. `readiness` tells what keeps Vigie from working, by name; nothing where all is well.

    `hubs` is who answers WebSub hubs, `feedback` who answers the readers of mails, None where none can reach us;
    `feeds` is who answers feed readers.
    """
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

    if hubs is not None:
        app.include_router(websub_router(hubs))
    if feeds is not None:
        app.include_router(feeds_router(feeds))
    if feedback is not None:
        app.include_router(feedback_router(feedback))
    return app
