"""Whether Evercam's addresses are reached from here: names, connections, certificates, clocks."""

import datetime as dt
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.exceptions import HTTPError

from runner.base.destination import is_loopback
from runner.base.errors import SitewalkError, reason_of
from runner.base.wording import size
from runner.evercam.addresses import Addresses
from runner.evercam.http.failures import explain_exception
from runner.evercam.http.session import Session
from runner.flow.diagnosis import NOTE, OK, PROBLEM, Diagnosis

_SECONDS = 10.0
_SOON = dt.timedelta(days=14)
_CLOCK_MAY_DIFFER = dt.timedelta(minutes=2)
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
_NETWORK = "is the network up, and does a firewall let sitewalk out?"


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer: only its status and headers."""

    status: int
    headers: Mapping[str, str]


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a host; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def connect(host: str, port: int) -> float:
    """Open a connection and close it; returns the seconds that took. Raises OSError."""
    begun = time.monotonic()
    socket.create_connection((host, port), _SECONDS).close()
    return time.monotonic() - begun


def certificate_end(host: str, port: int) -> dt.datetime:
    """When a server's certificate expires; raises OSError, also for an untrusted one."""
    context = ssl.create_default_context(cafile=ca_bundle(os.environ)[0])
    with (
        socket.create_connection((host, port), _SECONDS) as sock,
        context.wrap_socket(sock, server_hostname=host) as tls,
    ):
        end = str((tls.getpeercert() or {}).get("notAfter", ""))
    return dt.datetime.fromtimestamp(ssl.cert_time_to_seconds(end), dt.UTC)


def ca_bundle(environment: Mapping[str, str]) -> tuple[str, str]:
    """The file of trusted certificates, and the variable that names it."""
    name = next((name for name in _BUNDLES if environment.get(name)), None)
    return (
        (environment[name], name)
        if name
        else (DEFAULT_CA_BUNDLE_PATH, "the one sitewalk came with")
    )


def ask(method: str, url: str) -> Reply:
    """Send a request without credentials that changes nothing; raises SitewalkError."""
    host = urlsplit(url).hostname or ""
    proxies = {"no_proxy": host} if is_loopback(host) else None
    try:
        with (
            Session() as session,
            session.request(
                method,
                url,
                allow_redirects=False,
                stream=True,
                timeout=(_SECONDS, _SECONDS),
                headers={"Tus-Resumable": "1.0.0"},
                proxies=proxies,
            ) as answer,
        ):
            return Reply(answer.status_code, answer.headers)
    except (OSError, ValueError, HTTPError, HTTPException) as error:
        raise explain_exception(error, host, has_left=False) from error


@dataclass(frozen=True, slots=True)
class Network:
    """The ways to look at a network; tests hand in others."""

    look_up: Callable[[str, int], list[str]] = look_up
    connect: Callable[[str, int], float] = connect
    certificate_end: Callable[[str, int], dt.datetime] = certificate_end
    ask: Callable[[str, str], Reply] = ask
    proxies: Callable[[], Mapping[str, str]] = getproxies


def check_network(addresses: Addresses, network: Network, now: dt.datetime) -> Iterator[Diagnosis]:
    """Diagnose the way to each address; sends nothing that changes anything."""
    for name, url in (
        ("media", addresses.media),
        ("ingest", addresses.ingest),
        ("tus", addresses.tus),
    ):
        yield from _check_address(name, url, network, now)


def _check_address(name: str, url: str, network: Network, now: dt.datetime) -> Iterator[Diagnosis]:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    proxy = None if is_loopback(host) or proxy_bypass(host) else network.proxies().get(parts.scheme)
    if proxy:
        yield Diagnosis(name, NOTE, f"{host} is reached through the proxy {without_login(proxy)}")
    else:
        yield (direct := _connected(name, host, port, network))
        if direct.status == PROBLEM:
            return
        if parts.scheme == "https":
            yield _certificate(name, host, port, network, now)
    try:
        reply = network.ask("OPTIONS" if name == "tus" else "HEAD", url)
    except SitewalkError as error:
        yield Diagnosis(name, PROBLEM, str(error), error.help)
        return
    yield Diagnosis(name, OK, f"{url} answers ({reply.status})")
    yield from _clock(name, reply, now)
    if name == "tus":
        yield from _tus(reply)


def without_login(url: str) -> str:
    """An address without the user and password in it."""
    scheme, separator, rest = url.rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


def _connected(name: str, host: str, port: int, network: Network) -> Diagnosis:
    try:
        found = network.look_up(host, port)
    except OSError as error:
        what = f"{host} cannot be looked up: {reason_of(error)}"
        return Diagnosis(name, PROBLEM, what, _NETWORK)
    try:
        seconds = network.connect(host, port)
    except OSError as error:
        what = f"{host} ({', '.join(found)}) port {port} cannot be reached: {reason_of(error)}"
        return Diagnosis(name, PROBLEM, what, _NETWORK)
    where_ = ", ".join(found)
    return Diagnosis(name, OK, f"{host} is {where_}; port {port} opens in {seconds * 1000:.0f} ms")


def _certificate(name: str, host: str, port: int, network: Network, now: dt.datetime) -> Diagnosis:
    try:
        end = network.certificate_end(host, port)
    except (OSError, ValueError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else str(error)
        what = f"no trusted encryption with {host}: {reason}"
        help_ = "is the clock right? Where a firewall inspects, name its authority's certificate"
        return Diagnosis(name, PROBLEM, what, f"{help_} in REQUESTS_CA_BUNDLE")
    what = f"the certificate of {host} is trusted, until {end:%Y-%m-%d}"
    if end - now < _SOON:
        return Diagnosis(name, NOTE, what, "its operator has to renew it soon")
    return Diagnosis(name, OK, what)


def _clock(name: str, reply: Reply, now: dt.datetime) -> Iterator[Diagnosis]:
    try:
        there = parsedate_to_datetime(reply.headers.get("Date", ""))
    except ValueError:
        return
    apart = abs(now - there.replace(tzinfo=there.tzinfo or dt.UTC))
    if apart > _CLOCK_MAY_DIFFER:
        what = f"this machine's clock and the server's are {apart.total_seconds():.0f} s apart"
        yield Diagnosis(
            name, PROBLEM, what, "set this machine's clock, or have it set by the network"
        )
    else:
        yield Diagnosis(name, OK, "this machine's clock agrees with the server's")


def _tus(reply: Reply) -> Iterator[Diagnosis]:
    version = reply.headers.get("Tus-Version")
    if not version:
        help_ = "does EVERCAM_TUS_URL name a tus server?"
        yield Diagnosis("tus", NOTE, "the server does not tell what it offers", help_)
        return
    limit = reply.headers.get("Tus-Max-Size", "")
    most = f"; recordings of up to {size(int(limit))}" if limit.isdigit() else ""
    extensions = reply.headers.get("Tus-Extension", "none")
    yield Diagnosis("tus", OK, f"tus {version}; extensions: {extensions}{most}")
