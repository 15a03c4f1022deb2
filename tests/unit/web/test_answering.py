"""Values as responses: ETags, pages, files and their parts."""

import hashlib
import io

import flask
import pydantic
import pytest

from service.paging import Rows
from web import answering

CONTENT = b"0123456789"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Thing(pydantic.BaseModel):
    name: str

    @classmethod
    def of(cls, row):
        return cls(name=row)


@pytest.fixture
def app():
    app = flask.Flask("test")
    app.add_url_rule("/thing", "thing", lambda: answering.cacheable(_thing(), version=3))
    app.add_url_rule("/file", "file", _file)
    app.add_url_rule("/page/<of>", "page", _page)
    return app.test_client()


def _thing():
    return answering.view(Thing(name="a"), location="/here", upload_offset="4")


def _file():
    return answering.file(
        io.BytesIO(CONTENT), sha256=SHA256, n_bytes=10, name="a b.h5", kind="application/x-hdf5"
    )


def _page(of):
    return answering.page(Rows(rows=(of,), next=flask.request.args.get("then")), Thing)


def test_headers_are_named_with_underscores(app):
    headers = app.get("/thing").headers
    assert (headers["Location"], headers["Upload-Offset"]) == ("/here", "4")


def test_etag_begins_with_the_version(app):
    assert app.get("/thing").get_etag()[0].startswith("3-")


def test_what_the_caller_has_already_is_not_sent_again(app):
    answer = app.get("/thing", headers={"If-None-Match": app.get("/thing").headers["ETag"]})
    assert (answer.status_code, answer.data) == (304, b"")


def test_a_file_is_a_download_named_by_its_hash(app):
    answer = app.get("/file")
    assert (answer.data, answer.get_etag()) == (CONTENT, (SHA256, False))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a b.h5"'
    assert answer.headers["Content-Length"] == "10"


def test_digest_of_a_file_is_in_its_headers(app):
    digest = app.get("/file").headers["Repr-Digest"]
    assert digest == "sha-256=:hNiYd/DUBB77a/kaFvAkjy/Vc+avBcGflr7bn4gveII=:"


@pytest.mark.parametrize(
    ("wanted", "part", "where"),
    [
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=0-99", CONTENT, "bytes 0-9/10"),
    ],
)
def test_a_part_of_a_file_can_be_asked_for(app, wanted, part, where):
    answer = app.get("/file", headers={"Range": wanted})
    assert (answer.status_code, answer.data) == (206, part)
    assert answer.headers["Content-Range"] == where


def test_a_part_that_is_not_there_is_refused(app):
    assert app.get("/file", headers={"Range": "bytes=10-"}).status_code == 416


def test_a_part_of_another_version_is_the_whole_file(app):
    answer = app.get("/file", headers={"Range": "bytes=2-4", "If-Range": '"another"'})
    assert (answer.status_code, answer.data) == (200, CONTENT)


def test_the_last_page_has_no_link(app):
    answer = app.get("/page/x")
    assert answer.get_json() == {"data": [{"name": "x"}], "next": None, "total": None}
    assert "Link" not in answer.headers


def test_link_leads_to_the_next_page_of_the_same_question(app):
    link = app.get("/page/x?then=abc&tag=1&tag=2&cursor=old").headers["Link"]
    assert link == '</page/x?then=abc&tag=1&tag=2&cursor=abc>; rel="next"'
