"""sitewalk: upload 360° site walkthroughs to Evercam from YAML manifests.

The command line is one user of this package; a program of yours can be another:

    import runner

    plan = runner.plan_manifests([Path("manifest.yaml")], settings)
    results = runner.apply_manifests([Path("manifest.yaml")], settings)
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runner.api import (
        Choices,
        Plan,
        Reading,
        Results,
        Settings,
        apply_manifests,
        plan_manifests,
        read_manifests,
    )

__all__ = [
    "Choices",
    "Plan",
    "Reading",
    "Results",
    "Settings",
    "apply_manifests",
    "plan_manifests",
    "read_manifests",
]


def __getattr__(name: str) -> object:
    # Late, so that `sitewalk --help` does not wait for HTTP and database libraries.
    if name not in __all__:
        raise AttributeError(f"module 'runner' has no attribute {name!r}")
    from runner import api  # noqa: PLC0415 - see above

    return getattr(api, name)
