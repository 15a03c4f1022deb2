"""What a request says is checked before anything is done with it."""

import flask
import pydantic
import pytest

from service import errors as service_errors
from web import errors, reading


class Wanted(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")

    name: str = "nobody"
    sizes: tuple[int, ...] = ()


def _read(read, **request):
    with flask.Flask("test").test_request_context("/", method="POST", **request):
        return read(Wanted)


def _body(data):
    return _read(reading.body, data=data, content_type="application/json")


def test_body_is_the_json_that_was_sent():
    assert _body('{"name": "a", "sizes": [1, 2]}') == Wanted(name="a", sizes=(1, 2))


def test_body_of_another_media_type_is_refused():
    with pytest.raises(errors.UnsupportedMediaType):
        _read(reading.body, data="name=a", content_type="application/x-www-form-urlencoded")


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "nonsense",
        b"\xff\xfe",
        "NaN",
        '{"sizes": [Infinity]}',
        "[" * 100_000,
        "1" * 5000,
        "1" * 20,
        "1e999",
    ],
)
def test_body_that_is_not_json_is_refused(data):
    with pytest.raises(errors.MalformedJson):
        _body(data)


@pytest.mark.parametrize("data", ["null", "[]", "3", '"text"'])
def test_body_that_is_json_but_no_object_is_refused(data):
    with pytest.raises(service_errors.InvalidRequest):
        _body(data)


def test_every_wrong_place_is_named_at_once():
    with pytest.raises(service_errors.InvalidRequest) as caught:
        _body('{"name": 1, "sizes": ["x"], "a/b~c": 0}')
    pointers = {item["pointer"] for item in caught.value.details["errors"]}
    assert pointers == {"#/name", "#/sizes/0", "#/a~1b~0c"}


@pytest.mark.parametrize("text", [r"a\u0000b", r"\ud800"])
@pytest.mark.parametrize("form", ['{{"name": "{}"}}', '{{"{}": 1}}', '{{"sizes": [["{}"]]}}'])
def test_text_that_no_database_takes_is_refused(text, form):
    with pytest.raises(service_errors.InvalidRequest, match="not text"):
        _body(form.format(text))


def test_a_body_that_may_be_left_out_takes_the_defaults():
    assert _read(reading.optional_body) == Wanted()


def test_query_gathers_what_is_repeated():
    assert _read(reading.query, query_string="sizes=1&sizes=2&name=a") == Wanted(
        name="a", sizes=(1, 2)
    )


def test_query_takes_a_list_of_one():
    assert _read(reading.query, query_string="sizes=1").sizes == (1,)


@pytest.mark.parametrize("query", ["name=a&name=b", "unknown=1", "sizes=x", "name=%00"])
def test_query_that_does_not_fit_is_refused(query):
    with pytest.raises(service_errors.InvalidRequest):
        _read(reading.query, query_string=query)


def _version(**headers):
    with flask.Flask("test").test_request_context("/", headers=headers):
        return reading.version()


def test_version_is_what_stands_first_in_the_etag():
    assert _version(**{"If-Match": '"17-00c0ffee"'}) == 17


def test_version_has_to_be_said():
    with pytest.raises(errors.PreconditionRequired):
        _version()


@pytest.mark.parametrize("tag", ['"x"', '"-1"', '"1", "2"', '"²"', '""', "*", "W/"])
def test_version_that_is_none_of_ours_is_refused(tag):
    with pytest.raises((service_errors.PreconditionFailed, errors.PreconditionRequired)):
        _version(**{"If-Match": tag})
