"""Somebody who asks small things of a server while it is busy with something large.

Asks until stdin ends, in a process of its own so that nothing on this side of the wire is waited
for, and then prints how long each answer took, in seconds, as JSON. Run by benchmarks.upload.
"""

import contextlib
import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence

import httpx

_PAUSE_S = 0.02


@contextlib.contextmanager
def asking(url: str, token: str, requests: Sequence[str]) -> Iterator[list[float]]:
    """While this lasts, somebody asks; the list holds the seconds of each answer afterwards.

    Args:
        url: Address of the server.
        token: Bearer token.
        requests: Method and path of what is asked, in turn: ``GET /healthz``.
    """
    waits: list[float] = []
    command = [sys.executable, "-m", __name__, url, token, *requests]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdout.readline()  # it has begun
        yield waits
        told, _ = process.communicate("")
        waits += json.loads(told)


def main() -> None:
    """Ask in turn until stdin ends."""
    url, token, *requests = sys.argv[1:]
    is_over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), is_over.set()), daemon=True).start()
    headers = {"Authorization": f"Bearer {token}"}
    waits = []
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        print("begun", flush=True)
        for request in itertools.cycle(requests):
            method, path = request.split()
            body = {"json": {"file_name": "small.h5"}} if method == "POST" else {}
            began = time.perf_counter()
            client.request(method, path, **body).raise_for_status()
            waits.append(time.perf_counter() - began)
            if is_over.wait(_PAUSE_S):
                break
    print(json.dumps(waits))


if __name__ == "__main__":
    main()
