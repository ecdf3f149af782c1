"""A question that may hang."""

import asyncio

import pytest

from service.question import Question


async def test_who_asks_while_there_is_no_answer_waits_for_the_same_one() -> None:
    asked, may_answer = [0], asyncio.Event()

    async def ask() -> int:
        asked[0] += 1
        await may_answer.wait()
        return asked[0]

    question = Question(ask, patience=0.01)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await question.answer()
    may_answer.set()
    assert await question.answer() == 1
    assert await question.answer() == 2, "an answer is not kept"


async def test_what_asking_raises_is_raised() -> None:
    async def ask() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await Question(ask).answer()


async def test_a_question_that_is_dropped_is_not_answered() -> None:
    asked = asyncio.Event()

    async def ask() -> None:
        asked.set()
        await asyncio.Event().wait()

    question = Question(ask, patience=60)
    answer = asyncio.create_task(question.answer())
    await asked.wait()
    question.drop()
    with pytest.raises(TimeoutError):
        await answer
