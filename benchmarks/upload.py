"""A file of 1 GB over HTTP to the web server as `netmend web` runs it, and the obvious way.

Prints throughput, by how much the server's memory grew, and how long other requests took
meanwhile. Then kills the client, and the server, at 60 % of the way, goes on, and compares the
SHA-256. The obvious way is a multipart form (Werkzeug) behind gunicorn with the same options.
Run: python -m benchmarks.upload
"""

import contextlib
import hashlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np

from netmend import processes
from service.settings import Settings

from . import bystander, serving
from .serving import Server

_N_BYTES = 2**30
_N_AT_ONCE = 4
_KILLED_AT = 0.6
_LOOK_S = 0.02
_NONE = "none"
_OTHERS = (
    "GET /api/v1/jobs",
    "GET /api/v1/queue",
    "GET /api/v1/workers",
    "POST /api/v1/uploads",
    "GET /healthz",
)

_CLIENT = """
import sys
from netmend import Client
url, token, upload, path = sys.argv[1:]
with Client(url, token) as client:
    told = lambda sent, total: print(sent, flush=True)
    print(client.uploads.send(path, resume=upload, on_bytes=told).sha256, flush=True)
"""

_OBVIOUS = """
import hashlib, pathlib, flask
app = flask.Flask("obvious")
folder = pathlib.Path(__file__).parent
@app.get("/healthz")
def healthz():
    return {"status": "ok"}
@app.post("/")
def receive():
    file = flask.request.files["file"]
    target = folder / file.filename
    file.save(target)
    with target.open("rb") as stream:
        return {"sha256": hashlib.file_digest(stream, "sha256").hexdigest()}
"""


@dataclass
class _Measured:
    """What was seen while a file was on its way."""

    seconds: float = 0.0
    grown_bytes: int = 0
    waits: tuple[float, ...] = ()


def main() -> None:
    """Print a table of the ways to send a file, and what became of the interrupted ones."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "large.h5"
        sha256 = _written(file)
        print("| way | MB/s | server grew by, MB | other requests, ms: median | p95 | max | n |")
        print("|---|---|---|---|---|---|---|")
        with serving.web(folder / "state", serving.free_port()) as server:
            _print_row("netmend client, parts", _watched(server, lambda: _sent(server, file)))
            _print_row("netmend, one PUT", _watched(server, lambda: _put(server, [file])))
            four = _parts(file)
            _print_row("netmend, 4 at once", _watched(server, lambda: _put(server, four)))
        with _obvious(folder) as server:
            _print_row("multipart form", _watched(server, lambda: _post(server, [file])))
            _print_row("multipart, 4 at once", _watched(server, lambda: _post(server, four)))
        _print_interrupted("client", _client_killed(folder, file), sha256)
        _print_interrupted("server", _server_killed(folder, file), sha256)


def _written(file: Path) -> str:
    """A file that no compression helps with; its SHA-256."""
    chance, digest = np.random.default_rng(0), hashlib.sha256()
    with file.open("wb") as target:
        for _ in range(_N_BYTES // 2**24):
            digest.update(block := chance.bytes(2**24))
            target.write(block)
    return digest.hexdigest()


def _parts(file: Path) -> list[Path]:
    """The file in equal parts."""
    parts = [file.with_name(f"part-{number}") for number in range(_N_AT_ONCE)]
    with file.open("rb") as source:
        for part in parts:
            part.write_bytes(source.read(_N_BYTES // _N_AT_ONCE))
    return parts


@contextlib.contextmanager
def _obvious(folder: Path) -> Iterator[Server]:
    home = folder / "obvious"
    home.mkdir()
    (home / "obvious.py").write_text(_OBVIOUS)
    port = serving.free_port()
    ours = list(processes.web(Settings(state_folder=home, web_port=port)))
    command = ["obvious:app" if word.startswith("web.app") else word for word in ours]
    with serving.running(command, port, {}) as process:
        yield Server(url=f"http://127.0.0.1:{port}", token=_NONE, process=process)


def _watched(server: Server, send: Callable[[], None]) -> _Measured:
    """Send, and watch the server and those who ask it other things meanwhile."""
    others = _OTHERS[-1:] if server.token == _NONE else _OTHERS
    with bystander.asking(server.url, server.token, others) as waits, _memory(server) as grown:
        began = time.perf_counter()
        send()
        seconds = time.perf_counter() - began
    return _Measured(seconds=seconds, grown_bytes=max(grown), waits=tuple(waits))


@contextlib.contextmanager
def _memory(server: Server) -> Iterator[list[int]]:
    """By how many bytes the server has grown, again and again while this lasts."""
    is_over, grown = threading.Event(), [0]
    before = _resident(server)

    def look() -> None:
        while not is_over.wait(_LOOK_S):
            grown.append(_resident(server) - before)

    watch = threading.Thread(target=look)
    watch.start()
    try:
        yield grown
    finally:
        is_over.set()
        watch.join()


def _resident(server: Server) -> int:
    """Memory of all processes of the web server."""
    family = [server.process, *server.process.children(recursive=True)]
    return sum(process.memory_info().rss for process in family)


def _announced(server: Server, file: Path) -> str:
    headers = {"Authorization": f"Bearer {server.token}"}
    body = {"file_name": file.name, "n_bytes": file.stat().st_size}
    answer = httpx.post(f"{server.url}/api/v1/uploads", json=body, headers=headers)
    return str(answer.raise_for_status().json()["id"])


def _client(server: Server, upload: str, file: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _CLIENT, server.url, server.token, upload, str(file)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _sent(server: Server, file: Path) -> None:
    with _client(server, _announced(server, file), file) as client:
        client.communicate()


def _put(server: Server, files: list[Path]) -> None:
    uploads = [_announced(server, file) for file in files]
    token = f"Authorization: Bearer {server.token}"
    _curl(
        ["-H", token, "-T", str(file), f"{server.url}/api/v1/uploads/{upload}"]
        for upload, file in zip(uploads, files, strict=True)
    )


def _post(server: Server, files: list[Path]) -> None:
    _curl(["-F", f"file=@{file}", f"{server.url}/"] for file in files)


def _curl(requests: Iterator[list[str]]) -> None:
    """Make requests at once, each with a curl of its own; all have to go well."""
    command = ["curl", "--silent", "--show-error", "--fail", "--output", "/dev/null"]
    running = [subprocess.Popen([*command, *request]) for request in requests]
    exit_codes = [curl.wait() for curl in running]
    if any(exit_codes):
        sys.exit("an upload failed")


def _client_killed(folder: Path, file: Path) -> tuple[int, str]:
    """How far it had got, and the SHA-256 in the end."""
    with serving.web(folder / "killed-client", serving.free_port()) as server:
        upload = _announced(server, file)
        with _client(server, upload, file) as client:
            got = _read_until_killing(client)
            client.kill()
        with _client(server, upload, file) as client:
            return got, _last_line(client)


def _server_killed(folder: Path, file: Path) -> tuple[int, str]:
    """The same, but the client stays, and goes on by itself when the server is back."""
    state, port = folder / "killed-server", serving.free_port()
    with contextlib.ExitStack() as stack:
        with serving.web(state, port) as server:
            client = stack.enter_context(_client(server, _announced(server, file), file))
            got = _read_until_killing(client)
            serving.kill(server.process)
        with serving.web(state, port):
            return got, _last_line(client)


def _read_until_killing(client: subprocess.Popen[str]) -> int:
    assert client.stdout is not None
    return next(int(line) for line in client.stdout if int(line) >= _KILLED_AT * _N_BYTES)


def _last_line(client: subprocess.Popen[str]) -> str:
    return client.communicate()[0].splitlines()[-1]


def _print_row(way: str, measured: _Measured) -> None:
    waits = [1000 * wait for wait in measured.waits]
    figures = (
        f"{_N_BYTES / 1e6 / measured.seconds:.0f}",
        f"{measured.grown_bytes / 1e6:.1f}",
        f"{statistics.median(waits):.0f}",
        f"{statistics.quantiles(waits, n=20)[-1]:.0f}",
        f"{max(waits):.0f}",
        f"{len(waits)}",
    )
    print(f"| {way} | {' | '.join(figures)} |", flush=True)


def _print_interrupted(who: str, outcome: tuple[int, str], sha256: str) -> None:
    got, received = outcome
    same = "the same SHA-256" if received == sha256 else f"ANOTHER SHA-256: {received}"
    print(f"{who} killed at {got / _N_BYTES:.0%}, gone on from there: {same}", flush=True)


if __name__ == "__main__":
    main()
