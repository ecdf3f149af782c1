"""The feeds as the service and a command construct them."""

from cli.place import Archive
from service.feeds import Feeds
from service.keys import instance_key


async def feeds(archive: Archive) -> Feeds:
    """What answers feed readers, and knows the addresses of feeds."""
    web = archive.settings.web
    host = f"[{web.host}]" if ":" in web.host else web.host
    listening = f"http://{host}:{web.port}" if web.port else ""  # 0: any that is free, known only while it runs
    return Feeds(archive.database, await instance_key(archive.database, "feeds"), web.public_url or listening)
