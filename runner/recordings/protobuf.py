"""Own the wire form of protocol buffers, as far as a camera's info record needs it."""

from __future__ import annotations

from dataclasses import dataclass, field

VARINT_BYTES = 10
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_FIXED_LENGTHS = {FIXED64: 8, FIXED32: 4}


@dataclass(frozen=True, slots=True)
class Message:
    """The fields of a message by number; of a repeated field the last value, as the format says.

    `is_whole` is false when the bytes stopped making sense; the fields before that are kept.
    """

    values: dict[int, int | bytes] = field(default_factory=dict)
    is_whole: bool = True

    def integer(self, number: int) -> int | None:
        """The varint of a field, or None."""
        value = self.values.get(number)
        return value if isinstance(value, int) else None

    def octets(self, number: int) -> bytes | None:
        """The bytes of a field, or None."""
        value = self.values.get(number)
        return value if isinstance(value, bytes) else None


class _MalformedError(ValueError):
    """The bytes are no protocol buffer message from here on."""


def parse_message(data: bytes) -> Message:
    """The message in `data`; malformed bytes end it, they raise nothing."""
    values: dict[int, int | bytes] = {}
    position = 0
    try:
        while position < len(data):
            number, value, position = _field(data, position)
            values[number] = value
    except _MalformedError:
        return Message(values, is_whole=False)
    return Message(values)


def _field(data: bytes, position: int) -> tuple[int, int | bytes, int]:
    key, position = _varint(data, position)
    number, wire_type = key >> 3, key & 7
    if wire_type == VARINT:
        value, position = _varint(data, position)
        return number, value, position
    if wire_type == BYTES:
        length, position = _varint(data, position)
    elif wire_type in _FIXED_LENGTHS:
        length = _FIXED_LENGTHS[wire_type]
    else:
        raise _MalformedError
    if length > len(data) - position:
        raise _MalformedError
    return number, data[position : position + length], position + length


def _varint(data: bytes, position: int) -> tuple[int, int]:
    if position < len(data) and data[position] < 0x80:  # noqa: PLR2004 - as below; most are short
        return data[position], position + 1
    result = 0
    for count, byte in enumerate(data[position : position + VARINT_BYTES]):
        result |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:  # noqa: PLR2004 - the high bit says that another byte follows
            return result, position + count + 1
    raise _MalformedError


def integer_field(number: int, value: int) -> bytes:
    """A field with a number that is not negative."""
    return _encoded(number << 3 | VARINT) + _encoded(value)


def bytes_field(number: int, value: bytes) -> bytes:
    """A field with bytes, text or a message."""
    return _encoded(number << 3 | BYTES) + _encoded(len(value)) + value


def _encoded(value: int) -> bytes:
    digits = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits to a byte
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])
