"""Own the writing of a file in one step: whole or not at all, at the place a link leads to."""

import os
import secrets
import shutil
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Put bytes in the place of a file, with the rights it has; raises OSError.

    Where no file is yet, a new one gets the rights that any new file would.
    """
    place = Path(os.path.realpath(path))
    draft = place.with_name(f".{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if place.exists():
            shutil.copymode(place, draft)
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
