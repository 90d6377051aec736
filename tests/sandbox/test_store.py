import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

from runner.sandbox.store import Finish, FinishedRecording, Store

NOON = datetime(2026, 1, 20, 12, tzinfo=UTC)
DAY = date(2026, 1, 20)
LINKED = FinishedRecording("http://127.0.0.1/files/0", "a.insv", "insv")
FINISH = Finish("video", (LINKED,), "0.1,0.2", "0.3,0.4", 12)


def a_store(folder: Path) -> Store:
    return Store(folder, now=lambda: NOON)


def test_objects_survive_with_everything_they_say(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    uploads = [
        store.create_object(
            name=name, project_id="evercam", floor_id=6143, day=DAY, uploaded_by="a@example.com"
        )
        for name in ("Level 2", "Ebene 3, Küche")
    ]
    finished = store.finish_object(uploads[1], FINISH)
    assert [upload.id for upload in uploads] == [1000, 1001]
    assert a_store(tmp_path).objects() == (uploads[0], finished)
    assert finished.recordings == (LINKED,)
    assert (uploads[0].processing_status, finished.processing_status) == ("created", "processing")


def test_a_recordings_offset_is_what_is_on_disk(tmp_path: Path) -> None:
    recording = a_store(tmp_path).create_recording(
        length=10, filename="a.insv", base="http://x/files/"
    )
    with recording.append() as file:
        file.write(b"0123456789")
        assert recording.offset == 10  # before anything is closed: a kill keeps it
    (found,) = a_store(tmp_path).recordings()
    assert found == recording
    assert found.complete
    assert found.sha256() == hashlib.sha256(b"0123456789").hexdigest()


def test_a_recording_can_lose_its_end(tmp_path: Path) -> None:
    recording = a_store(tmp_path).create_recording(
        length=10, filename="a.insv", base="http://x/files/"
    )
    recording.path.write_bytes(b"0123456789")
    recording.lose(3)
    assert recording.path.read_bytes() == b"0123456"
    recording.lose(100)
    assert recording.offset == 0


def test_what_is_no_id_is_never_found(tmp_path: Path) -> None:
    store = a_store(tmp_path / "state")
    (tmp_path / "outside.json").write_text("{}", encoding="utf-8")
    for strange in ("", "../../outside", "..", "A" * 32, "1e3", "-1", "9" * 5000):
        assert store.recording(strange) is None
        assert store.object(strange) is None


def test_a_new_folder_keeps_itself_out_of_git(tmp_path: Path) -> None:
    a_store(tmp_path / "sandbox")
    assert (tmp_path / "sandbox" / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_a_folder_that_was_there_is_not_kept_out_of_git(tmp_path: Path) -> None:
    a_store(tmp_path)
    assert not (tmp_path / ".gitignore").exists()
