"""An nginx that serves a folder as S3 serves a bucket, and writes down what it sent."""

import os
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.remote.bucket import BUCKET
from tests.waiting import until

CONFIGURATION = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
events {{}}
http {{
    log_format counted '$request_method $request_length $bytes_sent "$http_if_match" "$http_range"';
    access_log {folder}/access.log counted;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location = /{bucket} {{
            default_type application/xml;
            return 200 "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
        }}
        location /{bucket}/ {{ alias {objects}/; }}
    }}
}}
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_nginx() -> str | None:
    """Where nginx is; Debian keeps it where only root's PATH looks."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


@dataclass(slots=True)
class Nginx:
    """One that runs; `folder` is its own, `objects` what it serves."""

    folder: Path
    objects: Path
    port: int
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, program: str, folder: Path) -> "Nginx":
        objects, port = folder / "objects", _free_port()
        objects.mkdir(parents=True)
        configuration = folder / "nginx.conf"
        text = CONFIGURATION.format(folder=folder, port=port, bucket=BUCKET, objects=objects)
        configuration.write_text("user root;\n" * _is_root() + text, encoding="utf-8")
        words = [program, "-p", str(folder), "-c", str(configuration), "-e", str(folder / "error")]
        server = cls(folder, objects, port, subprocess.Popen(words))
        until(server._answers)
        return server

    def _answers(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/{BUCKET}", timeout=5).ok
        except requests.ConnectionError:
            return False

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def take_log(self) -> list[list[str]]:
        """Each line's words since the last look: method, bytes received, bytes sent, headers."""
        log = self.folder / "access.log"
        lines = [line.split() for line in log.read_text(encoding="utf-8").splitlines()]
        log.write_text("", encoding="utf-8")
        return lines


def _is_root() -> bool:
    return getattr(os, "geteuid", lambda: 1)() == 0
