"""`sitewalk doctor`: what it finds, with everything well and with everything broken."""

import datetime as dt
import json
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from inline_snapshot import snapshot
from jsonschema import Draft202012Validator

from runner.base.errors import ExitStatus, SitewalkError, UsageError
from runner.base.schemas import load_schema
from runner.evercam.addresses import Addresses, Credentials
from runner.flow.diagnosis import PROBLEM
from runner.flow.doctor import Surroundings, doctor_json, doctor_text, examine
from runner.flow.reach import Network, Reply, check_network
from runner.ledger.address import LedgerAddress
from runner.settings import Settings
from tests.cli.conftest import Sitewalk
from tests.sites import Site

NOW = dt.datetime(2026, 1, 26, 12, tzinfo=dt.UTC)


def _reply(_method: str, _url: str) -> Reply:
    headers = {
        "Date": "Mon, 26 Jan 2026 12:00:01 GMT",
        "Tus-Version": "1.0.0",
        "Tus-Extension": "creation,termination",
        "Tus-Max-Size": "50000000000",
    }
    return Reply(200, headers)


def _no_proxies() -> dict[str, str]:
    return {}


WELL = Network(
    look_up=lambda _host, _port: ["192.0.2.7"],
    connect=lambda _host, _port: 0.021,
    certificate_end=lambda _host, _port: NOW + dt.timedelta(days=60),
    ask=_reply,
    proxies=_no_proxies,
)


def _told(network: Network) -> str:
    return doctor_text(list(check_network(Addresses(), network, NOW)))


def test_addresses_that_answer() -> None:
    assert _told(WELL) == snapshot("""\
media
  ok       media.evercam.io is 192.0.2.7; port 443 opens in 21 ms
  ok       the certificate of media.evercam.io is trusted, until 2026-03-27
  ok       https://media.evercam.io answers (200)
  ok       this machine's clock agrees with the server's
ingest
  ok       ingest2.evercam.io is 192.0.2.7; port 443 opens in 21 ms
  ok       the certificate of ingest2.evercam.io is trusted, until 2026-03-27
  ok       https://ingest2.evercam.io answers (200)
  ok       this machine's clock agrees with the server's
tus
  ok       portal.evercam.io is 192.0.2.7; port 443 opens in 21 ms
  ok       the certificate of portal.evercam.io is trusted, until 2026-03-27
  ok       https://portal.evercam.io/files/ answers (200)
  ok       this machine's clock agrees with the server's
  ok       tus 1.0.0; extensions: creation,termination; recordings of up to 50.0 GB

all is well
""")


def _fail(*_: object) -> NoReturn:
    raise socket.gaierror(-2, "Name or service not known")


def test_no_network() -> None:
    assert _told(replace(WELL, look_up=_fail)) == snapshot("""\
media
  problem  media.evercam.io cannot be looked up: Name or service not known
           help: is the network up, and does a firewall let sitewalk out?
ingest
  problem  ingest2.evercam.io cannot be looked up: Name or service not known
           help: is the network up, and does a firewall let sitewalk out?
tus
  problem  portal.evercam.io cannot be looked up: Name or service not known
           help: is the network up, and does a firewall let sitewalk out?

3 problems to mend
""")


def _late(_method: str, _url: str) -> Reply:
    return Reply(200, {"Date": "Mon, 26 Jan 2026 11:00:00 GMT"})


def test_a_clock_that_is_wrong_and_a_server_that_tells_nothing() -> None:
    found = list(check_network(Addresses(), replace(WELL, ask=_late), NOW))
    clocks = [one for one in found if "clock" in one.what]
    assert {(one.status, one.what) for one in clocks} == {
        (PROBLEM, "this machine's clock and the server's are 3600 s apart")
    }
    assert "the server does not tell what it offers" in [one.what for one in found]


def test_a_proxy_is_named_without_its_login() -> None:
    proxies = {"https": "http://me:secret@proxy.example:3128"}
    told = _told(replace(WELL, proxies=lambda: proxies, look_up=_fail))
    assert "is reached through the proxy http://proxy.example:3128" in told
    assert "secret" not in told


def test_a_certificate_that_ends_soon_and_one_that_is_not_trusted() -> None:
    soon = replace(WELL, certificate_end=lambda _host, _port: NOW + dt.timedelta(days=3))
    assert "its operator has to renew it soon" in _told(soon)
    assert "no trusted encryption with media.evercam.io" in _told(
        replace(WELL, certificate_end=_fail)
    )


def _raise(*_: object) -> NoReturn:
    raise UsageError("it is broken", "mend it")


def test_with_everything_broken_it_still_tells_all() -> None:
    around = Surroundings(_raise, _raise, _raise, {"SSL_CERT_FILE": "/nowhere/ca.pem"}, WELL)
    findings = examine(around)
    topics = {finding.topic for finding in findings if finding.status == PROBLEM}
    assert topics == {"settings", "ledger", "certificates"}
    assert {"installation", "extras"} <= {finding.topic for finding in findings}


def test_no_answer_and_no_credentials_are_problems_with_a_way_out(tmp_path: Path) -> None:
    def refuse(_method: str, _url: str) -> NoReturn:
        raise SitewalkError("nothing answers", "is the network up?")

    network = replace(WELL, ask=refuse)
    ledger = LedgerAddress(str(tmp_path / "ledger.db"))
    findings = examine(Surroundings(Settings, list, lambda: ledger, {}, network, lambda: NOW))
    problems = [finding for finding in findings if finding.status == PROBLEM]
    assert [finding.topic for finding in problems] == ["credentials", "media", "ingest", "tus"]
    assert all(finding.help for finding in problems)
    assert list(tmp_path.iterdir()) == []


def test_secrets_are_struck_out_wherever_they_stand(tmp_path: Path) -> None:
    settings = Settings(credentials=Credentials("walker@example.com", "hunter2-hunter2"))
    rows = [("note", "the password is hunter2-hunter2", "option")]
    ledger = LedgerAddress(str(tmp_path / "ledger.db"))
    findings = examine(
        Surroundings(lambda: settings, lambda: rows, lambda: ledger, {}, WELL, lambda: NOW)
    )
    assert "hunter2" not in json.dumps(doctor_json(findings))


def _checked(text: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(text)
    Draft202012Validator(load_schema("doctor")).validate(told)
    return told


def test_beside_a_sandbox_all_is_well_and_nothing_is_left(site: Site, sitewalk: Sitewalk) -> None:
    before = sorted(site.folder.rglob("*"))
    ended = sitewalk("doctor", "--format", "json")
    told = _checked(ended.out)
    assert [one for one in told["findings"] if one["status"] == "problem"] == []
    assert ended.status == ExitStatus.DONE
    assert told["well"] is True
    assert "tus 1.0.0; extensions: " in sitewalk("doctor").out
    assert sorted(site.folder.rglob("*")) == before


def test_a_broken_project_file_and_settings_stop_nothing(site: Site, sitewalk: Sitewalk) -> None:
    Path("sitewalk.yaml").write_text("version: [", encoding="utf-8")
    (site.folder / ".sitewalk" / "settings.toml").write_text("jobs = x", encoding="utf-8")
    ended = sitewalk("doctor", "--format", "json", EVERCAM_MEDIA_URL="http://example.com")
    assert ended.status == ExitStatus.FAILED
    told = _checked(ended.out)
    assert {one["topic"] for one in told["findings"]} >= {"settings", "ledger", "installation"}
