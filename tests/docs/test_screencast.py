"""The picture of a first run: what the program printed, in a page that loads nothing."""

from xml.etree import ElementTree as ET

from docsite.screencast import picture


def test_the_picture_holds_each_line_and_loads_nothing() -> None:
    svg = picture(["$ sitewalk validate manifest.yaml", "no problems in 1 manifest <b> & more"])
    root = ET.fromstring(svg)  # noqa: S314 - our own text
    text = "".join(root.itertext()).replace("\N{NO-BREAK SPACE}", " ")
    assert "$ sitewalk demo" in text
    assert "no problems in 1 manifest <b> & more" in text
    assert "url(http" not in svg
    assert svg.count("http") == 1  # the name space
