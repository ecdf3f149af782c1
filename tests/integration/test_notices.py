"""What is told of sources and channels: to whom, and not in quiet hours."""

from dataclasses import replace
from datetime import timedelta

from news.rules import rules_from
from service.notices import tell_of_channel
from storage import Database
from tests.samples import HOUR, NOON, a_channel


async def test_that_a_channel_was_paused_is_told_to_each_other_at_the_end_of_its_quiet_hours(
    database: Database,
) -> None:
    night = NOON + 11 * HOUR
    quiet = rules_from({"quiet": "22:00-07:00", "timezone": "UTC"})
    async with database.write() as tx:
        for channel in (a_channel("broken"), replace(a_channel("asleep"), rules=quiet), a_channel("awake")):
            await tx.channels.put(channel, NOON)
        broken = next(one for one in await tx.channels.all() if one.name == "broken")
        await tell_of_channel(tx, broken, "the receiver is gone", night)
    async with database.read() as tx:
        due = {one.channel.name: one.next_try_at for one in await tx.outbox.latest(9)}
    assert due == {"asleep": night + timedelta(hours=8), "awake": night}
