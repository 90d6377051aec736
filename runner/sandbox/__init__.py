"""A stand-in for Evercam's five steps: for tests, for the demo, and to watch failures happen.

with Sandbox.start(Path("state"), faults=[Fault.parse("create:drop-after")]) as sandbox:
    print(sandbox.url)
"""

from runner.sandbox.app import Limits
from runner.sandbox.faults import Fault
from runner.sandbox.request_log import LoggedRequest
from runner.sandbox.server import Sandbox, SandboxError, serve
from runner.sandbox.store import FinishedRecording, StoredRecording, UploadObject

__all__ = [
    "Fault",
    "FinishedRecording",
    "Limits",
    "LoggedRequest",
    "Sandbox",
    "SandboxError",
    "StoredRecording",
    "UploadObject",
    "serve",
]
