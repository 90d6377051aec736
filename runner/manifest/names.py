"""Own the names of drawings and routes: which are defined, which are used, which were meant."""

from runner.manifest.sound import Path, Sound
from runner.problems import Severity
from runner.rules.rule import Rule
from runner.suggestions import Suggestions, listed
from runner.units import shorten

UNUSED = Rule("M030", "unused", Severity.WARNING)


class Names:
    """The names that one section of the manifest defines."""

    def __init__(self, section: str, rule: Rule, sound: Sound) -> None:
        self._section = section
        self._rule = rule
        self._sound = sound
        self._suggestions = Suggestions()
        self._used: set[str] = set()
        self._is_certain = True
        self._defined = sound.names((section,))
        nothing_read = not self._defined and (section,) in sound.refused
        self._may_define_more = nothing_read or sound.document.is_incomplete((section,))

    def use(self, name: str, path: Path) -> None:
        """Count a use of a name, and report one that is not defined."""
        self._used.add(name)
        if name not in self._defined:
            self.doubt()
            if not self._may_define_more:
                self._report_undefined(name, path)

    def doubt(self) -> None:
        """Say that a use may have gone unseen: in what could not be read, or misspelt."""
        self._is_certain = False

    def report_unused(self, users: str) -> None:
        """Warn of definitions nothing uses, unless a mistake elsewhere may be the reason."""
        for name in self._defined if self._is_certain else ():
            if name not in self._used:
                what = f"{self._section[:-1]} `{shorten(name, 60)}`"
                place = self._sound.document.key_place((self._section, name))
                self._sound.add(UNUSED.problem(f"no {users} uses the {what}", place))

    def _report_undefined(self, name: str, path: Path) -> None:
        near = self._suggestions.nearest(name, self._defined)
        known = listed(self._defined)
        help_ = f"did you mean `{near}`?" if near else f"defined in `{self._section}`: {known}"
        message = f"the {self._section[:-1]} `{shorten(name, 60)}` is not defined"
        self._sound.report(self._rule, message, path, help_)
