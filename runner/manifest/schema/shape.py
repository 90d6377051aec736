"""The shape of a document: every way in which it differs from the manifest's schema."""

from collections.abc import Iterator
from functools import cache

from runner.manifest.schema.accepted import SchemaError
from runner.manifest.schema.quick import Check, compile_check, schema_for
from runner.manifest.yaml.document import Document


def check_shape(document: Document, schema: str = "manifest") -> Iterator[SchemaError]:
    """Yield a SchemaError for every value that is wrong, missing, or under a wrong key."""
    if _fits(schema)(document.data):
        return
    from runner.manifest.schema.differences import Differences  # noqa: PLC0415 - it loads jsonschema

    yield from Differences(document, schema).schema_errors()


@cache
def _fits(name: str) -> Check:
    schema = schema_for(name)
    return compile_check(schema, schema)
