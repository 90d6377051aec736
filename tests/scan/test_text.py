"""What a scan says of the files that it leaves out."""

from runner.scan.model import LeftOut, Reason, Scanned
from runner.scan.text import left_out_lines


def _lines(*paths: str) -> list[str]:
    left_out = LeftOut(Reason.INCOMPLETE, paths, "keep the right one")
    return list(left_out_lines(Scanned((), (left_out,))))


def test_where_a_person_has_to_choose_both_are_named() -> None:
    assert _lines("a/1.insv", "b/1.insv") == [
        "left out: a/1.insv and b/1.insv: keep the right one",
    ]
    assert _lines("a", "b", "c", "d") == ["left out: a and 3 others: keep the right one"]
