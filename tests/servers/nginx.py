"""tusd behind nginx as the vendor seems to run it: TLS ends at nginx, unknown to tusd.

nginx passes on the host name without a port and does not say that the client came over https, so
every Location reads http://host/files/id, an address where nobody listens.
"""

import shutil
from pathlib import Path

import trustme

from tests.servers.process import HOST, ServerError
from tests.servers.running import Tusd, TusServer

CONFIGURATION = """\
daemon off;
master_process off; # one process, so that killing it kills all of nginx
pid {folder}/nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen {host}:{port} ssl;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.pem;
        ssl_protocols TLSv1.2 TLSv1.3;
        client_max_body_size {max_body};
        location / {{
            proxy_pass http://{host}:{tusd_port};
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_request_buffering {buffering};
            {mended}
        }}
    }}
}}
"""


_MENDED = "proxy_redirect http://$host/ https://$http_host/;"


class NginxTusd(TusServer):
    """tusd behind nginx with TLS; `ca_file` vouches for it, `tusd` is the server behind.

    kill() and restart() are those of the whole machine; `server.tusd.kill()` leaves nginx up.
    """

    def __init__(
        self, folder: Path, *, buffering: bool, max_body: int = 0, mends_addresses: bool = False
    ) -> None:
        """With buffering, nginx (as it comes) passes a body on only when all of it is there.

        max_body is the largest body in bytes, 0: no limit (nginx as it comes: 1 MiB). With
        mends_addresses, a Location leads to where the server is, as clients other than ours need.
        """
        self.tusd = Tusd(folder)
        super().__init__(folder / "nginx")
        self.ca_file = self.folder / "ca.pem"
        _write_certificates(self.ca_file, self.folder / "server.pem")
        text = CONFIGURATION.format(
            folder=self.folder,
            host=HOST,
            port=self.port,
            tusd_port=self.tusd.port,
            max_body=max_body,
            buffering="on" if buffering else "off",
            mended=_MENDED if mends_addresses else "",
        )
        (self.folder / "nginx.conf").write_text(text, encoding="utf-8")

    def _command(self) -> list[str]:
        options = ["-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", "stderr"]
        return [_nginx(), *options]

    @property
    def tus_url(self) -> str:
        return f"https://{HOST}:{self.port}/files/"

    def data_file(self, file_id: str) -> Path:
        return self.tusd.data_file(file_id)

    def kill(self) -> None:
        self.process.kill()
        self.tusd.kill()

    def restart(self) -> None:
        self.tusd.restart()
        try:
            self.process.start()
        except BaseException:
            self.tusd.kill()
            raise

    def stop(self) -> None:
        super().stop()
        self.tusd.stop()


def _nginx() -> str:
    """Debian keeps nginx where only root's PATH looks."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        raise ServerError("nginx is missing: run `make servers`")
    return found


def _write_certificates(ca_file: Path, server_file: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(ca_file)
    authority.issue_cert(HOST, "localhost").private_key_and_cert_chain_pem.write_to_path(
        server_file
    )
