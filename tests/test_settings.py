from pathlib import Path

import pytest

from runner.base.errors import UsageError
from runner.evercam.addresses import Addresses
from runner.settings import Settings, read_settings


def test_an_empty_environment_means_the_vendors_addresses() -> None:
    assert read_settings({}) == Settings(Addresses())


def test_an_empty_variable_counts_as_absent() -> None:
    assert read_settings({"EVERCAM_MEDIA_URL": "", "EVERCAM_TOKEN": ""}) == Settings(Addresses())


def test_a_password_file_gives_its_first_line(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_bytes("pässwort\r\nsecond line\n".encode())
    settings = read_settings({"EVERCAM_USERNAME": "a", "EVERCAM_PASSWORD_FILE": str(file)})
    assert settings.credentials.password == "pässwort"
    assert not settings.credentials.missing


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_password_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match="cannot read EVERCAM_PASSWORD_FILE"):
        read_settings({"EVERCAM_PASSWORD_FILE": str(file)})


def test_a_password_file_without_a_password_is_named(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("\npassword\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"EVERCAM_PASSWORD_FILE .* is empty"):
        read_settings({"EVERCAM_PASSWORD_FILE": str(file)})


def test_the_option_goes_before_the_variable() -> None:
    told = {"SITEWALK_MEDIA_ROOT": "/from/variable"}
    assert read_settings(told).media_root == Path("/from/variable")
    assert read_settings(told, Path("/from/option")).media_root == Path("/from/option")


@pytest.mark.parametrize(
    "content",
    ["pass word\n", "pass word \r\n", "\ufeffpass word", "pass word", "pass word\t\nsecond"],
)
def test_what_editors_add_to_a_password_file_is_no_part_of_the_password(
    content: str, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_bytes(content.encode())
    credentials = read_settings({"EVERCAM_PASSWORD_FILE": str(file)}).credentials
    assert (credentials.password, credentials.password_source) == (
        "pass word",
        "EVERCAM_PASSWORD_FILE",
    )


def test_a_line_break_at_the_end_of_the_variable_is_no_part_of_the_password() -> None:
    credentials = read_settings({"EVERCAM_PASSWORD": "pass word \r\n"}).credentials
    assert (credentials.password, credentials.password_source) == ("pass word ", "EVERCAM_PASSWORD")
