from runner.evercam.addresses import Credentials


def test_nothing_secret_shows_in_a_representation() -> None:
    shown = repr(Credentials("walker", "secret-password", "secret-token"))
    assert "walker" in shown
    assert "secret" not in shown
