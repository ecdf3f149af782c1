"""Whose a file is that takes the place of another, and who may read it."""

import os
import stat
from pathlib import Path


def take_after(new: Path, place: Path) -> None:
    """Give a file the mode of the one whose place it is to take, and its owner where we may; else that of the folder.

    Where there is none yet, the owner alone may read it. So nothing that was private is open afterwards, and what the
    administrator restores is still the service's.
    """
    before = place.stat() if place.exists() else None
    new.chmod(stat.S_IMODE(before.st_mode) if before is not None else 0o600)
    owner = before or place.parent.stat()
    if os.geteuid() == 0:
        os.chown(new, owner.st_uid, owner.st_gid)
