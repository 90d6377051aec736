"""The tus servers of tests: what a test may do to one, and how each kind is started.

Every server listens on a free loopback port and keeps its data in the folder it is given.
"""

import sys
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.process import HOST, ServerProcess, required, reserve_port

HERE = Path(__file__).parent
TUSD_PROGRAM = HERE / "tusd" / "bin" / "tusd"
TUS_NODE = HERE / "tus-node"


class TusServer(ABC):
    """A tus server that runs until its `with` block ends."""

    ca_file: Path | None = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.data.mkdir(parents=True, exist_ok=True)
        self._reserved = reserve_port()
        self.port: int = self._reserved.getsockname()[1]
        self.process = ServerProcess(self._command(), self.port, folder / "server.log")

    @abstractmethod
    def _command(self) -> list[str]: ...

    @property
    def tus_url(self) -> str:
        """Where uploads are created, with the trailing slash."""
        return f"http://{HOST}:{self.port}/files/"

    def data_file(self, file_id: str) -> Path:
        """The file in which the server keeps the bytes of an upload."""
        return self.data / file_id

    def kill(self) -> None:
        """End the server as a power cut would."""
        self.process.kill()

    def restart(self) -> None:
        """Start it again after a kill: same port, same folder."""
        self.process.start()

    def stop(self) -> None:
        """Ask the server to end, and let go of its port."""
        self.process.stop()
        self._reserved.close()

    def __enter__(self) -> Self:
        try:
            self.restart()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class Tusd(TusServer):
    """tusd's own handler, file store and file locks in a small program of ours."""

    def __init__(
        self,
        folder: Path,
        *,
        max_size: int = 0,
        network_timeout: float = 60.0,
        reject_finished: int = 0,
    ) -> None:
        """Sizes in bytes (0: no limit), times in seconds.

        reject_finished is the status a refusing hook answers when an upload becomes complete.
        """
        self._options = {
            "-max-size": str(max_size),
            "-network-timeout": f"{network_timeout}s",
            "-reject-finished": str(reject_finished),
        }
        super().__init__(folder)

    def _command(self) -> list[str]:
        options = self._options | {"-addr": f"{HOST}:{self.port}", "-dir": str(self.data)}
        pairs = [word for pair in options.items() for word in pair]
        return [str(required(TUSD_PROGRAM)), *pairs]


class TusNode(TusServer):
    """@tus/server with @tus/file-store."""

    def _command(self) -> list[str]:
        required(TUS_NODE / "node_modules")
        return ["node", str(TUS_NODE / "server.js"), str(self.port), str(self.data)]


class ResumableUpload(TusServer):
    """The server of the Python package resumable-upload, as its own command starts it."""

    def _command(self) -> list[str]:
        database = self.folder / "uploads.db"
        command = [sys.executable, "-m", "resumable_upload", "serve", "--host", HOST]
        command += ["--port", str(self.port), "--base-path", "/files"]
        return [*command, "--upload-dir", str(self.data), "--db-path", str(database)]
