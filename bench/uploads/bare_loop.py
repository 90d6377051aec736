"""The requests of small walks and nothing around them: `python bare_loop.py EVERCAM TUS FILE…`.

Two connections that are kept, one walk after the other; nothing is checked, kept or reported.
"""

import sys
from pathlib import Path

import requests

TUS = {"Tus-Resumable": "1.0.0"}
SENT = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
CREATED = "date=20-01-2026&name=walk&drawing_id=1&uploaded_by=bench%40example.com"


def main() -> None:
    evercam, tus, *files = sys.argv[1:]
    with requests.Session() as steps, requests.Session() as uploads:
        login = {"username": "bench@example.com", "password": "bench"}
        token = steps.post(f"{evercam}/v2/auth/login", json=login).json()["token"]
        steps.headers["Authorization"] = f"Bearer {token}"
        for file in files:
            content = Path(file).read_bytes()
            id_ = steps.post(f"{evercam}/360/bench/upload?{CREATED}").json()["id"]
            made = uploads.post(tus, headers={**TUS, "Upload-Length": str(len(content))})
            url = made.headers["Location"]
            uploads.patch(url, data=content, headers=SENT).raise_for_status()
            link = {"files": [{"url": url, "name": Path(file).name}]}
            steps.put(f"{evercam}/360/{id_}/upload", json=link).raise_for_status()


if __name__ == "__main__":
    main()
