"""Congestion control: real sockets where the kernel lets them choose, and refusals in words."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from runner.api import apply_manifests
from runner.base.errors import ExitStatus, UsageError
from runner.evercam.http import congestion
from runner.evercam.http.congestion import allowed, chosen, offered, socket_options
from runner.evercam.http.dialing import Dialer
from runner.sandbox import Sandbox
from tests.sites import Site, begin_ledger, settings_for, walk

_ON_LINUX = pytest.mark.skipif(congestion._CHOICE is None, reason="only Linux offers a choice")


@_ON_LINUX
@pytest.mark.parametrize("name", [name for name in allowed() if name in {"reno", "cubic"}])
def test_a_dialed_socket_uses_what_was_chosen(name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        dialer = Dialer(options=socket_options(name))
        with dialer.dial("127.0.0.1", port, 5, ()) as sock:
            used = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16)
    assert used.rstrip(b"\0").decode() == name


@_ON_LINUX
def test_an_unknown_name_is_refused_with_those_that_are_allowed() -> None:
    with pytest.raises(UsageError, match="`nosuch` is not allowed on this machine") as refused:
        socket_options("nosuch")
    assert refused.value.help == "name one of these, or leave it out"


@_ON_LINUX
def test_one_that_root_can_allow_is_refused_with_how() -> None:
    refused = congestion._refusal("bbr")
    assert "modprobe tcp_bbr; sysctl -w net.ipv4.tcp_allowed_congestion_control=" in refused.help


def test_other_systems_refuse_plainly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(congestion, "_CHOICE", None)
    assert offered(tmp_path) == ()
    with pytest.raises(UsageError, match="cannot be chosen here: only Linux"):
        socket_options("bbr")


def test_several_streams_get_the_systems_unless_forced() -> None:
    assert chosen("", 1) == ("", "")
    assert chosen("bbr", 1) == ("bbr", "sending with congestion control bbr")
    name, note = chosen("bbr", 3)
    assert not name
    assert note == (
        "bbr is left out: 3 streams at once would crowd out their neighbours; one at a time is"
        " --jobs 1, and `bbr+` forces it"
    )
    assert chosen("bbr+", 3)[0] == "bbr"


@_ON_LINUX
def test_a_run_is_refused_before_anything_is_sent(tmp_path: Path, sandbox: Sandbox) -> None:
    site = begin_ledger(Site(tmp_path / "site").write(walk("one", ["a.insv"])))
    site.record("a.insv")
    settings = replace(settings_for(sandbox), congestion_control="nosuch")
    with pytest.raises(UsageError, match="nosuch"):
        apply_manifests([site.manifest], settings)
    assert sandbox.objects() == ()
    results = apply_manifests([site.manifest], replace(settings, congestion_control="reno"))
    assert results.exit_status is ExitStatus.DONE
