"""The reason why a drawing's picture cannot be shown."""

from runner.errors import SitewalkError
from runner.problems import Severity
from runner.rules.rule import Rule

# Warnings, for uploading needs no picture: pages show a plain grid in its place.
UNFIT = Rule("M062", "image-unfit", Severity.WARNING)
TOO_LARGE = Rule("M063", "image-too-large", Severity.WARNING)


class PictureError(SitewalkError):
    """A drawing's picture cannot be shown; pages show a plain grid in its place."""

    def __init__(self, rule: Rule, message: str, help_: str) -> None:
        super().__init__(message, help_)
        self.rule = rule
