"""The FastAPI application: what supervisors ask, the feeds, and the door for hubs if there is."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, FastAPI, Request, Response

from news.errors import DatabaseTroubleError
from service.feedback import FeedbackDesk
from web.feedback import feedback_router
from web.feeds import FeedDesk, feeds_router
from web.websub import HubDesk, websub_router

Readiness = Callable[[], Awaitable[dict[str, str]]]
Problems = Callable[[], Mapping[str, int]]


def make_app(
    readiness: Readiness,
    hubs: HubDesk | None = None,
    feeds: FeedDesk | None = None,
    feedback: FeedbackDesk | None = None,
    metrics: APIRouter | None = None,
    problems: Problems = dict,
) -> FastAPI:
    """The application. `readiness` tells what keeps Vigie from working, by name; nothing where all is well.

    `hubs` is who answers WebSub hubs, `feedback` who answers the readers of mails, None where none can reach us;
    `feeds` is who answers feed readers, `metrics` the route for Prometheus. `problems` tells how many of each
    kind the self-check has found, which do not keep Vigie from working.
    """
    app = FastAPI(title="Vigie", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(DatabaseTroubleError, _try_later)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz(response: Response) -> dict[str, object]:
        """Vigie can do its work; if not, what is in the way."""
        troubles = await readiness()
        response.status_code = 503 if troubles else 200
        status = "not ready" if troubles else "ready"
        return {"status": status, "troubles": troubles, "problems": dict(problems())}

    if hubs is not None:
        app.include_router(websub_router(hubs))
    if feeds is not None:
        app.include_router(feeds_router(feeds))
    if feedback is not None:
        app.include_router(feedback_router(feedback))
    if metrics is not None:
        app.include_router(metrics)
    return app


async def _try_later(_: Request, __: Exception) -> Response:
    """Whoever asked may ask again; what is the matter is for the log and /readyz, not for strangers."""
    return Response(status_code=503, headers={"Retry-After": "60"})
