"""Plans that no index could carry are made smaller: they let through more, and the matcher decides on it."""

from news.search import (
    SearchAll,
    SearchAny,
    SearchBut,
    SearchEverything,
    SearchNothing,
    SearchPlan,
    SearchPlans,
)

MOST_TERMS = 500
"""Of a plan; FTS5 takes the square of the time for more. Of an OR at the top there may be more:
it is asked in parts.
"""


def bounded(plans: SearchPlans) -> SearchPlans:
    """The plans where both can be asked as they are; else one that is wider, of which nothing is sure."""
    if size(plans.possible) <= MOST_TERMS and size(plans.sure) <= MOST_TERMS:
        return plans
    return SearchPlans(SearchNothing(), _wider(plans.possible))


def beyond(plans: SearchPlans) -> SearchPlan:
    """What is possible and not sure."""
    possible = plans.possible
    if isinstance(plans.sure, SearchNothing):
        return possible
    if plans.is_exact:
        return SearchNothing()
    if isinstance(possible, SearchAny) and plans.sure in possible.parts:
        # Whatever the sure part finds is left out below: to look for it first would be for nothing.
        others = tuple(part for part in possible.parts if part != plans.sure)
        possible = SearchAny(others) if len(others) > 1 else others[0] if others else SearchNothing()
    return SearchAll((possible, SearchBut(plans.sure)))


def size(plan: SearchPlan) -> int:
    """How many terms a plan has."""
    match plan:
        case SearchAll(parts) | SearchAny(parts):
            return sum(map(size, parts))
        case SearchBut(part):
            return size(part)
        case _:
            return 1


def in_parts(plan: SearchPlan) -> list[SearchPlan]:
    """Plans small enough to be asked one by one; what any of them finds is what the plan finds."""
    if not isinstance(plan, SearchAny) or size(plan) <= MOST_TERMS:
        return [plan]
    found: list[list[SearchPlan]] = [[]]
    room = MOST_TERMS
    for part in plan.parts:
        room -= size(part)
        if room < 0 and found[-1]:
            found.append([])
            room = MOST_TERMS - size(part)
        found[-1].append(part)
    return [SearchAny(tuple(parts)) if len(parts) > 1 else parts[0] for parts in found]


def _wider(plan: SearchPlan) -> SearchPlan:
    if size(plan) <= MOST_TERMS:
        return plan
    match plan:
        case SearchAny(parts):
            wider = [_wider(part) for part in parts]
            return SearchEverything() if SearchEverything() in wider else SearchAny(tuple(wider))
        case SearchAll(parts):
            return _fewer(parts)
        case _:
            return SearchEverything()


def _fewer(parts: tuple[SearchPlan, ...]) -> SearchPlan:
    """As many of the parts of an AND as there is room for, the small ones first; one at least."""
    kept: list[SearchPlan] = []
    room = MOST_TERMS
    for part in sorted(parts, key=size):
        room -= size(part)
        if room < 0:
            break
        kept.append(part)
    if not kept:
        return _wider(min(parts, key=size))
    return SearchAll(tuple(kept)) if len(kept) > 1 else kept[0]
