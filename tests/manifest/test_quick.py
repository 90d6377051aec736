import copy
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from runner.manifest.schema.quick import compile_check, schema_for
from runner.manifest.schema.validator import validator
from tests.problems.examples import complete

_ROUTES = 'routes:\n  loop: {drawing: level-2, start_position: "0.1, 0.8", target_points: 3}\n'
_WHOLE = yaml.safe_load(complete(_ROUTES).replace("2026-01-20\n", "'2026-01-20'\n"))
_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "blank", "0.1, 0.2", "0.1, 0.2\n", "2026-01-20", "a", "a\n", "a b"]),
    st.text(max_size=300),
    st.just([]),
    st.just({}),
    st.just(["0.1,0.2", {"lat": 1, "lng": 0.5}]),
    st.just({"lat": 1}),
    st.just({"north": 1, "south": 0, "east": 1, "west": 0}),
)
_KEYS = st.sampled_from(["id", "name", "date", "files", "route", "bounds", "map_style", "nonsense"])


def _places(value: Any) -> list[Any]:
    children = value.values() if isinstance(value, dict) else value
    nested = children if isinstance(value, dict | list) else []
    here = [value] if isinstance(value, dict | list) else []
    return here + [place for child in nested for place in _places(child)]


@given(st.data())
def test_the_quick_check_says_what_jsonschema_says(data: st.DataObject) -> None:
    schema = schema_for("manifest")
    document = copy.deepcopy(_WHOLE)
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.sampled_from(_places(document)))
        if isinstance(place, dict):
            key = data.draw(st.sampled_from(sorted(place)) | _KEYS if place else _KEYS)
            place[key] = copy.deepcopy(data.draw(_VALUES))
            if data.draw(st.booleans()):
                del place[key]
        else:
            place.append(copy.deepcopy(data.draw(_VALUES)))
    assert compile_check(schema, schema)(document) == validator("manifest").is_valid(document)


def test_the_quick_check_refuses_a_schema_it_does_not_understand() -> None:
    with pytest.raises(ValueError, match="uniqueItems"):
        compile_check({"type": "array", "uniqueItems": True}, {})
