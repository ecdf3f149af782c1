"""Visits that cannot be made, or not in full, for want of something on this machine. Pure."""

from dataclasses import replace

from crawler.advice import advice
from crawler.failure import FetchFailure
from crawler.visit import VisitOutcome
from news.errors import VigieError


def without_access(error: VigieError) -> VisitOutcome:
    """The end of a visit to a source whose access cannot be read: asked without it, the site would show another."""
    failure = FetchFailure("access", error.message, hint=error.hint)
    return VisitOutcome(error=failure.message, failure=failure, advice=advice(failure))


def without_browser(outcome: VisitOutcome, source: str, missing: VigieError) -> VisitOutcome:
    """The end of a visit whose pages had to wait for a browser; an error of its own is told first."""
    if outcome.error:
        return outcome
    failure = FetchFailure("browser", f"{source} needs a browser: {missing.message}", hint=missing.hint)
    return replace(outcome, error=failure.message, failure=failure, advice=advice(failure), warning="")
