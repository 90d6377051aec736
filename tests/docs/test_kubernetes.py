"""The Job of docs/examples is one that Kubernetes takes, and that stops as sitewalk has to be."""

from typing import Any

import kubernetes_validate
import pytest
import yaml

from runner.base.errors import ExitStatus
from runner.settings import VARIABLES
from tests.crash.walker import REPOSITORY

_FILE = REPOSITORY / "docs" / "examples" / "kubernetes-job.yaml"


@pytest.fixture
def job() -> Any:
    """The Job as Kubernetes reads it."""
    return yaml.safe_load(_FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("version", ["1.31", kubernetes_validate.latest_version()])
def test_kubernetes_takes_it(job: Any, version: str) -> None:
    kubernetes_validate.validate(job, version, strict=True)


def test_a_mistake_in_it_would_be_found(job: Any) -> None:
    job["spec"]["parallel"] = 4
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(job, kubernetes_validate.latest_version(), strict=True)


def test_its_pods_may_end_gently_and_share_the_work(job: Any) -> None:
    spec = job["spec"]
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    assert spec["completionMode"] == "Indexed"
    assert spec["completions"] == spec["parallelism"] > 1
    assert pod["terminationGracePeriodSeconds"] >= 30
    assert pod["restartPolicy"] == "Never"  # a failure policy takes no other
    assert "exec sitewalk apply" in container["args"][0], "the signal goes to the first process"


def test_it_holds_no_secret_and_repeats_nothing_that_a_person_has_to_settle(job: Any) -> None:
    spec = job["spec"]
    (container,) = spec["template"]["spec"]["containers"]
    named = {variable["name"] for variable in container["env"]}
    assert not {name for name in named & VARIABLES.keys() if name.startswith("EVERCAM_")}
    assert container["envFrom"] == [{"secretRef": {"name": "sitewalk"}}]
    (for_a_person,) = (rule for rule in spec["podFailurePolicy"]["rules"] if "onExitCodes" in rule)
    assert for_a_person["onExitCodes"]["values"] == [
        ExitStatus.USAGE,
        ExitStatus.INVALID,
        ExitStatus.DECISION,
        ExitStatus.REFUSED,
    ]
