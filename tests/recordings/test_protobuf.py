from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runner.recordings.insv.info import Message, bytes_field, integer_field, parse_message

numbers = st.integers(1, 2**29 - 1)
values = st.dictionaries(numbers, st.integers(0, 2**64 - 1) | st.binary(max_size=300))


def encode(fields: dict[int, int | bytes]) -> bytes:
    return b"".join(
        integer_field(number, value) if isinstance(value, int) else bytes_field(number, value)
        for number, value in fields.items()
    )


@given(values)
def test_a_message_reads_back(fields: dict[int, int | bytes]) -> None:
    assert parse_message(encode(fields)) == Message(fields)


@given(values, st.data())
def test_a_cut_message_keeps_what_came_before(
    fields: dict[int, int | bytes], data: st.DataObject
) -> None:
    whole = encode(fields)
    part = whole[: data.draw(st.integers(0, len(whole)))]
    message = parse_message(part)

    assert message.values.items() <= fields.items()
    assert message.is_whole == (encode(message.values) == part)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    message = parse_message(data)

    assert all(isinstance(number, int) for number in message.values)


def test_fixed_widths_are_passed_over_and_types_are_kept_apart() -> None:
    message = parse_message(b"\x09" + bytes(8) + b"\x15" + bytes(4) + integer_field(3, 300))

    assert message.integer(3) == 300
    assert message.octets(3) is None
    assert message.octets(1) == bytes(8)
    assert message.integer(2) is None
    assert message.is_whole


def test_a_group_ends_the_reading() -> None:
    assert not parse_message(b"\x0b\x0c").is_whole
