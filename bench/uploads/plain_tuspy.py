"""Own the upload of files by tuspy as it comes: `python plain_tuspy.py ENDPOINT JOBS FILE…`."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tusclient.client import TusClient


def main() -> None:
    endpoint, jobs, *files = sys.argv[1:]

    def upload(file: str) -> None:
        TusClient(endpoint).uploader(file, metadata={"filename": Path(file).name}).upload()

    with ThreadPoolExecutor(int(jobs)) as pool:
        list(pool.map(upload, files))


if __name__ == "__main__":
    main()
