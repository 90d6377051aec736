"""Own the real tus servers that uploads are shown against: start, kill, revive, look at the data.

`make servers` builds and installs them; nothing here does so by itself.
"""

from tests.servers.nginx import NginxTusd
from tests.servers.process import ServerError
from tests.servers.running import ResumableUpload, Tusd, TusNode, TusServer

__all__ = ["NginxTusd", "ResumableUpload", "ServerError", "TusNode", "TusServer", "Tusd"]
