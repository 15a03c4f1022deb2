"""Each test of garbage collection runs on SQLite and on PostgreSQL."""

import io

import pytest

from service import garbage, storage
from service.garbage import Ages, Round


@pytest.fixture
def kept(settings):
    return storage.make_storage(settings)


@pytest.fixture
def stored(kept):
    """Puts bytes into storage; their name."""
    return lambda content: kept.put(io.BytesIO(content)).sha256


@pytest.fixture
def collect(engine, kept, settings):
    """Goes a round; what was freed, kind by kind, without what there was nothing of."""

    def collect(*, dry_run=False, **ages):
        given = {"files_s": 0, "uploads_s": 7 * garbage.DAY_S, "trash_s": 30 * garbage.DAY_S}
        this = Round(
            engine=engine, storage=kept, settings=settings, ages=Ages(**given | ages),
            dry_run=dry_run,
        )  # fmt: skip
        return {freed.what: (freed.n, freed.n_bytes) for freed in garbage.collect(this) if freed.n}

    return collect
