"""The sandbox takes what is public of the request that creates a drawing, wherever it stands."""

from typing import Any

import pytest
import requests

from runner.sandbox import Fault, Sandbox
from tests.sandbox.client import Client, message

_QUERY = "created_by=a%2Bb@example.com"
BODY = {"north": 1, "south": 0, "east": 1, "west": 0, "style": "Blank"}


def _create(client: Client, url: str, query: str = _QUERY, **more: Any) -> requests.Response:
    body = {"overlay": {"url": url, "title": "level-3.png"}, **BODY, **more}
    return client.request(
        "PUT",
        f"{client.sandbox.url}/360/floors/evercam?{query}",
        json={key: value for key, value in body.items() if value is not None},
        headers=client.bearer(),
    )


@pytest.fixture
def url(client: Client) -> str:
    url = client.upload_url(3, "level-3.png")
    client.patch(url, b"abc")
    return url


def test_each_request_makes_another_drawing(client: Client, sandbox: Sandbox, url: str) -> None:
    ids = [_create(client, url).json()["id"] for _ in range(2)]
    assert [floor.id for floor in sandbox.floors()] == ids == [6000, 6001]
    floor = sandbox.floors()[0]
    assert (floor.project_id, floor.created_by) == ("evercam", "a+b@example.com")
    assert (floor.title, floor.url, floor.map_style) == ("level-3.png", url, "blank")
    assert floor.bounds == {"north": 1, "south": 0, "east": 1, "west": 0}


def test_edges_and_style_are_found_wherever_they_stand(client: Client, url: str) -> None:
    edges = {"north": 53.4, "south": 53.3, "east": -6.2, "west": -6.3}
    nested: dict[str, Any] = dict.fromkeys(BODY) | {"where": [{"style": "Satellite"}, edges]}
    assert _create(client, url, **nested).status_code == 201


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"overlay": None}, "the body lacks overlay"),
        ({"overlay": {"url": 1, "title": "x"}}, "overlay.url must be a text"),
        ({"overlay": {"url": "x", "title": "x"}}, "overlay.url is no Location"),
        ({"north": None}, "must have north once, and has it 0 times"),
        ({"twice": {"north": 1}}, "has it 2 times"),
        ({"north": "1"}, "north must be a number"),
        ({"north": 0}, "north must be larger than south"),
        ({"north": 2}, "between 0 and 1 where the map style is Blank"),
        ({"north": 91, "style": "satellite"}, "are no degrees"),
    ],
)
def test_what_differs_from_what_is_public_is_refused(
    client: Client, sandbox: Sandbox, url: str, changes: dict[str, Any], complaint: str
) -> None:
    answer = _create(client, url, **changes)
    assert answer.status_code == 422
    assert complaint in message(answer)
    assert sandbox.floors() == ()


def test_a_user_and_a_token_are_needed(client: Client, sandbox: Sandbox, url: str) -> None:
    assert "lacks created_by" in message(_create(client, url, query="by=a@example.com"))
    assert "created_by must be" in message(_create(client, url, query="created_by=a"))
    sandbox.expire_tokens()
    assert _create(client, url).status_code == 401


def test_a_fault_of_the_step_can_be_for_one_project(
    client: Client, sandbox: Sandbox, url: str
) -> None:
    sandbox.inject(Fault.parse("drawing:drop-after~airport"), Fault.parse("drawing:status~evercam"))
    assert _create(client, url).status_code == 500
    sandbox.inject(Fault.parse("drawing:drop-after~ever"))
    with pytest.raises(requests.ConnectionError):
        _create(client, url)
    assert len(sandbox.floors()) == 1
