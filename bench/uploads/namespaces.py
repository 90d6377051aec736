"""Two network namespaces with a line between them, over which real TCP is measured. Root and Linux.

All traffic stays inside. The addresses are of the loopback range, so that clients send over http
what they otherwise send over https only: what is measured is the line.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.servers.running import TUSD_PROGRAM

HERE = Path(__file__).parent
NEAR, FAR = "127.77.0.1", "127.77.0.2"
_MTU = "1500"


@dataclass(frozen=True, slots=True)
class LossyLine:
    """A line: its rate, round trip, loss on the way, jitter (there and back, at most) and queue.

    `cubic` and `bbr` are the parts of its rate that one stream reached with each, as measured.
    """

    name: str
    megabits: float
    round_trip_ms: float
    loss_percent: float
    cubic: float
    bbr: float
    jitter_ms: float = 0
    queue_kib: int = 400

    def minute(self, congestion_control: str, streams: int) -> float:
        """MiB that so many streams send in about a minute."""
        share = self.bbr if congestion_control == "bbr" else self.cubic
        return min(_FULL, share * streams) * self.megabits * 60 / 8 / 1.048576

    @property
    def words(self) -> list[str]:
        """As the program that is the line wants them."""
        ways = self.round_trip_ms / 2, self.jitter_ms / 2
        figures = (self.megabits, *ways, self.loss_percent, self.queue_kib)
        return [*map(str, figures), "1"]


_FULL = 0.9
"""More of a line's rate than this does not become payload."""

LINES = (
    LossyLine("50 Mbit/s, 60 ms", 50, 60, 0, 0.89, 0.89),
    LossyLine("50 Mbit/s, 60 ms, 0.1 % lost", 50, 60, 0.1, 0.175, 0.89),
    LossyLine("50 Mbit/s, 60 ms, 0.5 % lost", 50, 60, 0.5, 0.069, 0.77),
    LossyLine("50 Mbit/s, 60 ms, 1 % lost", 50, 60, 1, 0.043, 0.66),
    LossyLine("20 Mbit/s, 40 ms, a queue of one second", 20, 40, 0, 0.94, 0.93, queue_kib=2441),
    LossyLine("4G: 20 Mbit/s, 50 ms, 40 ms jitter, 0.1 % lost", 20, 50, 0.1, 0.33, 0.89, 40, 256),
    LossyLine("25 Mbit/s, 300 ms, 0.1 % lost", 25, 300, 0.1, 0.22, 0.63, queue_kib=915),
)


def why_not() -> str:
    """Why no line can be made here; empty where one can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "namespaces take Linux and root"
    missing = [name for name in ("ip", "cc", "sysctl") if shutil.which(name) is None]
    return f"{', '.join(missing)} is missing" if missing else ""


def offers_bbr() -> bool:
    """Whether this kernel has bbr."""
    offered = Path("/proc/sys/net/ipv4/tcp_available_congestion_control")
    return "bbr" in offered.read_text(encoding="ascii").split()


class Namespaces:
    """The near and the far end of a line while its `with` block lasts; tusd listens at the far."""

    def __init__(self, line: LossyLine, folder: Path) -> None:
        self._line = line
        self._folder = folder
        self.data = folder / "data"
        self._names = tuple(f"bench-{end}-{os.getpid()}" for end in ("near", "far"))
        self.tus_url = f"http://{FAR}:8080/files/"
        self.evercam_url = f"http://{FAR}:8081"

    @contextmanager
    def open(self) -> Iterator["Namespaces"]:
        """Make all of it; nothing of it is left."""
        self.data.mkdir(parents=True)
        started: list[subprocess.Popen[bytes]] = []
        try:
            for name in self._names:
                _run("ip", "netns", "add", name)
            started.append(self._start_line())
            self._address()
            started += [self._at_far_end(words) for words in self._servers()]
            for url in (self.tus_url, self.evercam_url):
                self._wait_for(url)
            yield self
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait()
            for name in self._names:
                with suppress(RuntimeError):  # it may not have come into being
                    _run("ip", "netns", "del", name)

    @property
    def near(self) -> tuple[str, ...]:
        """What a command begins with to be run at the near end."""
        return ("ip", "netns", "exec", self._names[0])

    def use(self, congestion_control: str | None) -> None:
        """Have every connection from the near end use it; None: as each program chooses, or reno.

        By the route, which outranks what a program chooses.
        """
        words = [] if congestion_control is None else ["congctl", congestion_control]
        route = ["route", "replace", FAR, "dev", "line", "src", NEAR, *words]
        _run("ip", "-n", self._names[0], *route)

    def _start_line(self) -> subprocess.Popen[bytes]:
        program = self._folder / "lossy_line"
        _run("cc", "-O2", "-o", str(program), str(HERE / "lossy_line.c"))
        words = [str(program), *self._names, *self._line.words]
        line = subprocess.Popen(words, stdout=subprocess.PIPE)
        if line.stdout is None or line.stdout.readline() != b"ready\n":
            raise RuntimeError("the line did not start")
        return line

    def _address(self) -> None:
        settings = {
            "net.ipv4.conf.all.route_localnet": 1,
            "net.ipv4.conf.line.route_localnet": 1,
            "net.ipv4.tcp_no_metrics_save": 1,
            "net.ipv4.tcp_congestion_control": "reno",
        }
        for name, own, other in zip(self._names, (NEAR, FAR), (FAR, NEAR), strict=True):
            set_all = [f"{key}={value}" for key, value in settings.items()]
            _run("ip", "netns", "exec", name, "sysctl", "-qw", *set_all)
            for words in (
                "link set lo up",
                "addr del 127.0.0.1/8 dev lo",
                "addr add 127.0.0.1/32 dev lo",
                f"link set line mtu {_MTU} txqueuelen 20000 up",
                f"addr add {own} peer {other} dev line",
            ):
                _run("ip", "-n", name, *words.split())

    def _servers(self) -> Iterator[list[str]]:
        yield [str(TUSD_PROGRAM), "-addr", f"{FAR}:8080", "-dir", str(self.data)]
        yield [sys.executable, str(HERE / "evercam.py"), FAR, "8081"]

    def _at_far_end(self, words: list[str]) -> subprocess.Popen[bytes]:
        far = ("ip", "netns", "exec", self._names[1])
        return subprocess.Popen([*far, *words], stderr=subprocess.DEVNULL)

    def _wait_for(self, url: str) -> None:
        asked = ["curl", "-s", "-o", os.devnull, "--retry", "30", "--retry-connrefused"]
        _run(*self.near, *asked, "--retry-delay", "1", url)


def _run(*words: str) -> None:
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"{' '.join(words)}: {ended.stderr}")
