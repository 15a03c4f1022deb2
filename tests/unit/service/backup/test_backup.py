"""A backup is consistent, can be verified, and brings an installation back."""

import io
import shutil
import stat
import subprocess

import pytest
import sqlalchemy as sa

from core import errors as core_errors
from service import artifacts, backup, db, errors, jobs, storage
from service.artifacts import KeptFile
from service.backup import manifests
from service.settings import Settings
from tests import factories

RESULT = b"the repaired model"
#: What the factories name and nobody stored.
NEVER_STORED = ("a" * 64, "b" * 64)


@pytest.fixture
def kept(settings):
    return storage.make_storage(settings)


@pytest.fixture
def job_id(engine, kept):
    """A job that made a file."""
    stored = kept.put(io.BytesIO(RESULT))
    with db.session_scope(engine) as session:
        job = factories.make_job(session)
        file = KeptFile(name="repaired.h5", sha256=stored.sha256, n_bytes=stored.n_bytes)
        artifacts.add(session, job.id, 1, [file])
    return job.id


@pytest.fixture
def made(engine, kept, job_id, tmp_path):
    """The folder of a backup with files."""
    backup.make(engine, kept, tmp_path / "backup", with_files=True)
    return tmp_path / "backup"


def _result_of(settings, job_id):
    """The file that a job made, as a service with these settings reads it."""
    engine = db.make_engine(settings)
    db.upgrade(engine)
    with db.session_scope(engine, read_only=True) as session:
        assert jobs.get(session, job_id).state == "queued"
        (artifact,) = artifacts.list_artifacts(session, job_id)
    engine.dispose()
    with storage.make_storage(settings).open(artifact.sha256) as stream:
        return stream.read()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_an_installation_on_sqlite_comes_back_from_its_backup(made, job_id, tmp_path):
    folder = tmp_path / "restored"
    folder.mkdir()
    shutil.copy(made / "database.sqlite", folder / "netmend.sqlite")
    shutil.copytree(made / "files", folder / "storage")
    assert _result_of(Settings(state_folder=folder), job_id) == RESULT


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_an_installation_on_postgresql_comes_back_from_its_backup(
    made, job_id, tmp_path, postgresql_server
):
    with postgresql_server.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE restored"))
    url = postgresql_server.url.set(database="restored", drivername="postgresql")
    address = url.render_as_string(hide_password=False)
    restore = ["pg_restore", "--no-owner", f"--dbname={address}", made / "database.dump"]
    subprocess.run(restore, check=True)
    shutil.copytree(made / "files", tmp_path / "restored" / "storage")
    restored = Settings(state_folder=tmp_path / "restored", database_url=address)
    assert _result_of(restored, job_id) == RESULT


def test_a_backup_without_files_names_them(engine, kept, job_id, tmp_path):
    folder = tmp_path / "backup"
    manifest = backup.make(engine, kept, folder, with_files=False)
    assert (manifest.has_files, manifest.n_files, manifest.n_bytes) == (False, 1, len(RESULT))
    assert list(manifests.read_list(folder)) == list(kept.iterate())
    assert not (folder / "files").exists()


def test_a_backup_tells_what_it_holds(made):
    manifest = backup.verify(made)
    assert manifest == manifests.read(made)
    assert (manifest.has_files, manifest.n_files, manifest.lost) == (True, 1, NEVER_STORED)


def test_a_backup_is_readable_for_its_owner_alone(made):
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_files_that_no_row_names_are_left_out(engine, kept, job_id, tmp_path):
    kept.put(io.BytesIO(b"garbage"))
    assert backup.make(engine, kept, tmp_path / "backup", with_files=True).n_files == 1


def test_a_damaged_file_is_told_as_lost_and_not_copied(engine, kept, job_id, tmp_path):
    (stored,) = kept.iterate()
    path = kept.path(stored.sha256)
    path.chmod(0o644)
    path.write_bytes(b"something else")
    manifest = backup.make(engine, kept, tmp_path / "backup", with_files=True)
    assert stored.sha256 in manifest.lost
    assert manifest.n_files == 0
    backup.verify(tmp_path / "backup")


def _damage(path):
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()  # it may be a link
    path.write_bytes(content)


@pytest.mark.parametrize("pattern", ["database.*", "files.txt", "files/??/??/*"])
def test_damage_to_a_backup_is_noticed(made, pattern):
    (path,) = made.glob(pattern)
    _damage(path)
    with pytest.raises(errors.ChecksumMismatch):
        backup.verify(made)


@pytest.mark.parametrize("pattern", ["database.*", "files.txt", "files/??/??/*"])
def test_what_is_missing_from_a_backup_is_noticed(made, pattern):
    (path,) = made.glob(pattern)
    path.unlink()
    with pytest.raises(errors.ChecksumMismatch):
        backup.verify(made)


@pytest.mark.parametrize("content", ["", "{}", '{"format": 2}'])
def test_a_manifest_that_cannot_be_read_is_noticed(made, content):
    (made / "manifest.json").write_text(content)
    with pytest.raises(errors.ChecksumMismatch):
        backup.verify(made)


def test_a_folder_that_is_no_backup_is_not_found(tmp_path):
    with pytest.raises(errors.NotFound):
        backup.verify(tmp_path)


def test_a_folder_that_is_there_is_left_alone(engine, kept, tmp_path):
    with pytest.raises(core_errors.OutputExists):
        backup.make(engine, kept, tmp_path, with_files=False)


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_without_pg_dump_the_command_is_told(engine, kept, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    database = backup.make(engine, kept, tmp_path / "backup", with_files=False).database
    assert database.file is None
    assert database.command.startswith("pg_dump --format=custom --no-owner --file=database.dump ")
    backup.verify(tmp_path / "backup")


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_pg_dump_that_fails_leaves_nothing(engine, kept, tmp_path, monkeypatch):
    program = tmp_path / "bin" / "pg_dump"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'server version mismatch' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    with pytest.raises(errors.BackupFailed, match="server version mismatch"):
        backup.make(engine, kept, tmp_path / "backup", with_files=False)
    assert [path for path in tmp_path.iterdir() if "backup" in path.name] == []
