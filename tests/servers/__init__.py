"""Real tus servers to upload to: start, kill, restart, look at the data.

`make servers` builds and installs them; nothing here does so by itself.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.servers.nginx import NginxTusd
from tests.servers.process import ServerError
from tests.servers.running import ResumableUpload, Tusd, TusNode, TusServer

SERVERS: dict[str, Callable[[Path], TusServer]] = {
    "tusd": Tusd,
    "tus-node": TusNode,
    "resumable-upload": ResumableUpload,
    "nginx-streaming": partial(NginxTusd, buffering=False),
    "nginx-buffering": partial(NginxTusd, buffering=True),
}

__all__ = [
    "SERVERS",
    "NginxTusd",
    "ResumableUpload",
    "ServerError",
    "TusNode",
    "TusServer",
    "Tusd",
]
