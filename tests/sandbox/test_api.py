import re

import pytest

from runner.sandbox import Sandbox
from tests.sandbox.client import FILENAME, FORM, QUERY, Client, Query, message


def test_login_gives_a_token(client: Client) -> None:
    answer = client.login()
    assert answer.status_code == 200
    assert list(answer.json()) == ["token"]


@pytest.mark.parametrize(
    ("body", "status", "complaint"),
    [
        ({"username": "walker@example.com", "password": "wrong"}, 401, "password is wrong"),
        ({"username": "nobody@example.com", "password": "sandbox"}, 401, "password is wrong"),
        ({"username": "walker@example.com"}, 422, "the body lacks password"),
        ({"username": "a", "password": "b", "otp": "1"}, 422, "unknown keys: otp"),
        ({"username": "a", "password": 1}, 422, "password must be a text"),
        (["username", "password"], 400, "must be a JSON object"),
    ],
)
def test_login_refuses(client: Client, body: object, status: int, complaint: str) -> None:
    answer = client.login(body)
    assert answer.status_code == status
    assert complaint in message(answer)


def test_login_takes_nothing_but_json(client: Client) -> None:
    form = client.post("/auth/login", data={"username": "a", "password": "b"})
    assert form.status_code == 415
    assert "Content-Type must be application/json" in message(form)
    broken = client.post("/auth/login", data="{", headers={"Content-Type": "application/json"})
    assert broken.status_code == 400
    assert "the body is not JSON" in message(broken)


def test_create_answers_with_the_guides_keys(client: Client, sandbox: Sandbox) -> None:
    answer = client.create()
    assert answer.status_code == 201
    body = answer.json()
    for key in ("inserted_at", "updated_at"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", body.pop(key))
    assert body == {
        "id": 1000,
        "name": "Level 2, 20 January",
        "project_id": "evercam",
        "floor_id": 6143,
        "date": "2026-01-20",
        "Processing_status": "created",
        "uploaded_by": "walker+site@example.com",
        "is_timelapse": False,
        "Images": [],
        "videos": [],
        "tus_links": [],
    }
    (upload,) = sandbox.objects()
    assert (upload.id, upload.name, upload.floor_id) == (1000, "Level 2, 20 January", 6143)


def test_create_is_not_idempotent(client: Client, sandbox: Sandbox) -> None:
    assert [client.create().json()["id"] for _ in range(2)] == [1000, 1001]
    assert len(sandbox.objects()) == 2


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        (QUERY | {"date": "2026-01-20"}, "date must be of the form DD-MM-YYYY, not '2026-01-20'"),
        (QUERY | {"date": "30-02-2026"}, "date 30-02-2026 does not exist"),
        (QUERY | {"drawing_id": "level-2"}, "drawing_id must be a whole number"),
        (QUERY | {"name": "x" * 256}, "name must not be longer than 255 characters"),
        (QUERY | {"name": " "}, "name must be a text that is not empty"),
        (QUERY | {"uploaded_by": "walker site@example.com"}, "must be encoded as %2B"),
        (QUERY | {"floor_id": "1"}, "the query has unknown keys: floor_id"),
        ({key: QUERY[key] for key in QUERY if key != "date"}, "the query lacks date"),
        ([*QUERY.items(), ("name", "again")], "the query says a key twice"),
    ],
)
def test_create_refuses_a_query(
    client: Client, sandbox: Sandbox, query: Query, complaint: str
) -> None:
    answer = client.create(query)
    assert answer.status_code == 422
    assert complaint in message(answer)
    assert sandbox.objects() == ()


def test_create_takes_an_empty_form_and_nothing_else(client: Client) -> None:
    json = client.create(headers={"Content-Type": "application/json"})
    assert json.status_code == 415
    assert "application/x-www-form-urlencoded" in message(json)
    full = client.create(data=b"name=again")
    assert full.status_code == 400
    assert "the body must be empty" in message(full)


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer a.b", "Bearer é.é", "Basic d2Fsa2Vy"])
def test_a_bad_token_is_refused(client: Client, sandbox: Sandbox, header: str) -> None:
    assert client.create(headers=FORM | {"Authorization": header}).status_code == 401
    assert sandbox.objects() == ()


def test_expired_tokens_are_refused_until_a_new_login(client: Client, sandbox: Sandbox) -> None:
    assert client.create().status_code == 201
    sandbox.expire_tokens()
    refused = client.create()
    assert refused.status_code == 401
    assert "log in again" in message(refused)
    client.login()
    assert client.create().status_code == 201


def a_complete_upload(client: Client) -> str:
    url = client.upload_url(3)
    client.patch(url, b"abc")
    return url


def test_finish_links_the_recordings(client: Client, sandbox: Sandbox) -> None:
    client.create()
    url = a_complete_upload(client)
    answer = client.finish(url)
    assert answer.status_code == 200
    (upload,) = sandbox.objects()
    assert [(recording.url, recording.title) for recording in upload.recordings] == [
        (url, FILENAME)
    ]
    assert (upload.start_position, upload.end_position) == ("0.12,0.88", "0.90,0.15")
    assert upload.target_points_count == 12


def test_a_repeated_finish_replaces_the_first(client: Client, sandbox: Sandbox) -> None:
    client.create()
    url = a_complete_upload(client)
    assert client.finish(url).ok
    assert client.finish(url, {"start_position": "0.5,0.5"}).ok
    (upload,) = sandbox.objects()
    assert upload.start_position == "0.5,0.5"
    assert len(upload.recordings) == 1


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"asset_type": "image"}, 'asset_type must be "video"'),
        ({"asset_type": None}, "the body lacks asset_type"),
        ({"floor_id": 1}, "the body has unknown keys: floor_id"),
        ({"upload": []}, "upload must be a list of at least one recording"),
        ({"upload": ["x"]}, "upload[0] must be an object"),
        ({"upload": [{"url": "x", "title": "x"}]}, "upload[0] lacks file_extension"),
        ({"start_position": "0.12, 0.88"}, 'start_position must be "lat,lng" in decimals'),
        ({"end_position": "1e-05,0.5"}, 'end_position must be "lat,lng" in decimals'),
        ({"target_points_count": "12"}, "target_points_count must be a whole number"),
        ({"target_points_count": True}, "target_points_count must be a whole number"),
    ],
)
def test_finish_refuses_a_body(
    client: Client, sandbox: Sandbox, changes: dict[str, object], complaint: str
) -> None:
    client.create()
    answer = client.finish(a_complete_upload(client), changes)
    assert answer.status_code == 422
    assert complaint in message(answer)
    assert sandbox.objects()[0].recordings == ()


def test_finish_refuses_what_is_not_its_own_or_not_complete(client: Client) -> None:
    client.create()
    url = client.upload_url(5)
    client.patch(url, b"abc")
    assert "upload[0].url is not complete: 3 of 5 bytes" in message(client.finish(url))
    foreign = client.finish(url.replace("127.0.0.1", "files.example.com"))
    assert "upload[0].url is no Location that this tus server gave" in message(foreign)
    assert foreign.status_code == 422


def test_finish_refuses_a_recording_twice_or_a_dotted_extension(client: Client) -> None:
    client.create()
    url = a_complete_upload(client)
    entry = {"url": url, "title": FILENAME, "file_extension": "insv"}
    assert "names the same url twice" in message(client.finish(url, {"upload": [entry, entry]}))
    dotted = entry | {"file_extension": ".insv"}
    assert "without a dot" in message(client.finish(url, {"upload": [dotted]}))


def test_finish_needs_an_object_a_user_and_a_token(client: Client, sandbox: Sandbox) -> None:
    client.create()
    url = a_complete_upload(client)
    assert client.finish(url, upload_id=999).status_code == 404
    assert "the query lacks uploaded_by" in message(client.finish(url, query={"by": "me"}))
    sandbox.expire_tokens()
    assert client.finish(url).status_code == 401
