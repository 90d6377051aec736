import json
from pathlib import Path

from runner.sandbox import Sandbox
from tests.sandbox.client import Client


def test_the_log_tells_what_happened(client: Client, sandbox: Sandbox) -> None:
    client.login()
    client.create()
    client.patch(client.upload_url(10), b"0123456789")
    logged = [(entry.step, entry.status, entry.bytes_received) for entry in sandbox.requests()]
    assert logged[1:] == [("create", 201, 0), ("tus_create", 201, 0), ("patch", 204, 10)]
    assert sandbox.requests()[1].query["name"] == "Level 2, 20 January"


def test_addresses_outside_the_guide_are_logged_too(client: Client, sandbox: Sandbox) -> None:
    answer = client.request("GET", sandbox.url + "/360/evercam/uploads")
    assert answer.status_code == 404
    assert "GET /360/evercam/uploads is no step of the guide" in answer.json()["message"]
    assert [(entry.step, entry.status) for entry in sandbox.requests()] == [(None, 404)]


def test_the_file_says_the_same_and_survives(client: Client, tmp_path: Path) -> None:
    client.login()
    client.create()
    lines = (tmp_path / "sandbox" / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["step"] for line in lines] == ["login", "create"]


def test_no_secret_is_logged(client: Client, sandbox: Sandbox, tmp_path: Path) -> None:
    client.create()
    url = client.upload_url(3)
    client.patch(url, b"abc")
    client.offset(url)
    client.finish(url)
    client.request("GET", url + "/strange", headers={"Referer": url})
    text = (tmp_path / "sandbox" / "requests.jsonl").read_text(encoding="utf-8")
    file_id = url.rpartition("/")[2]
    assert file_id[:4] + "…" in text
    for secret in (file_id, client.token, sandbox.password):
        assert secret not in text
        assert secret not in repr(sandbox.requests())
