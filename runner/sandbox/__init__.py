"""A stand-in for Evercam's five steps: for tests, for the demo, and to see failures happen.

with Sandbox.start(Path("state"), faults=[Fault.parse("create:drop-after")]) as sandbox:
print(sandbox.url)
"""

from runner.sandbox.app import Limits
from runner.sandbox.faults import Fault
from runner.sandbox.request_log import LoggedRequest
from runner.sandbox.server import Sandbox, SandboxError, serve
from runner.sandbox.store import LinkedRecording, StoredRecording, UploadObject

__all__ = [
    "Fault",
    "Limits",
    "LinkedRecording",
    "LoggedRequest",
    "Sandbox",
    "SandboxError",
    "StoredRecording",
    "UploadObject",
    "serve",
]
