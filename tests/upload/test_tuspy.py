"""The libraries behind tuspy's other half: not loaded with it, and there for whoever wants them."""

import subprocess
import sys


def _python(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_sending_leaves_aiohttp_unloaded_and_its_name_free() -> None:
    program = (
        "import sys, runner.upload.recording.tus; print('aiohttp' in sys.modules);"
        "import aiohttp; print(aiohttp.__name__, sys.modules['aiohttp'] is aiohttp,"
        "aiohttp.ClientSession.__name__)"
    )
    assert _python(program).split() == ["False", "aiohttp", "True", "ClientSession"]


def test_what_tuspy_kept_of_it_loads_it_on_use() -> None:
    program = (
        "import sys, runner.upload.recording.tus; from tusclient.uploader import uploader;"
        "print(issubclass(uploader.aiohttp.ClientError, Exception), 'aiohttp' in sys.modules)"
    )
    assert _python(program) == "True True"


def test_sending_leaves_asyncio_unloaded_and_what_tuspy_kept_of_it_loads_it_on_use() -> None:
    program = (
        "import sys, runner.upload.recording.tus; print('asyncio' in sys.modules);"
        "import asyncio.events; from tusclient.uploader import uploader;"
        "print(uploader.asyncio.sleep is asyncio.sleep, sys.modules['asyncio'] is asyncio)"
    )
    assert _python(program).split() == ["False", "True", "True"]


def test_one_that_is_loaded_already_stays() -> None:
    program = (
        "import aiohttp, runner.upload.recording.tus; from tusclient.uploader import uploader;"
        "print(uploader.aiohttp is aiohttp)"
    )
    assert _python(program) == "True"
