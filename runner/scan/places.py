"""Own where a scanned folder lies inside the media root, from which manifests name recordings."""

import os
from pathlib import Path

from runner.errors import UsageError
from runner.shell import for_shell


def path_inside(folder: Path, root: Path) -> str:
    """The folder's path inside the root, with a slash at its end; empty for the root itself.

    Raises UsageError for what is no folder, or is not inside.
    """
    if not folder.is_dir():
        if folder.exists():
            raise UsageError(f"{folder} is not a folder", "scan the folder in which it lies")
        raise UsageError(f"{folder} is not there", "is the card or share mounted?")
    real, real_root = Path(os.path.realpath(folder)), Path(os.path.realpath(root))
    if real == real_root:
        return ""
    if not real.is_relative_to(real_root):
        message = f"{folder} is not inside the media root {root.absolute()}"
        option = f"--media-root {for_shell(str(folder))}"
        help_ = (
            "manifests name recordings from there, and it is the manifest's folder unless told "
            f"otherwise: add `{option}` here and to validate, plan and apply, or set "
            "SITEWALK_MEDIA_ROOT; or keep the manifest beside the recordings"
        )
        raise UsageError(message, help_)
    return real.relative_to(real_root).as_posix() + "/"
