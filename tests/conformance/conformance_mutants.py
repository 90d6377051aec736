"""The slow form of tests/manifest/test_mutants.py: 3,000 mutants. `make conformance` runs it."""

from hypothesis import HealthCheck, given, settings

from runner.manifest.reading import read_manifest
from runner.problems.problem import has_errors
from tests.manifest.test_mutants import mutants
from tests.problems.examples import TODAY


@given(mutants())
@settings(max_examples=3_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_mutant_is_unexpected(text: str) -> None:
    reading = read_manifest(text.encode(), "week.yaml", TODAY)
    assert (reading.manifest is None) == has_errors(reading.problems)
