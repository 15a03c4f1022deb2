"""Forms with files, read as they come in."""

import pytest

from service import errors as service_errors
from web import errors, forms

HEAD = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'


@pytest.fixture
def sent(app):
    """Reads a form that was sent: its files, and its fields."""

    def send(body, kind="multipart/form-data; boundary=b", **more):
        with app.test_request_context("/", method="POST", data=body, content_type=kind, **more):
            form = forms.read(at_most=1000)
            files = [(item.name, item.file_name, _all(item.stream)) for item in form.files]
            return files, form.fields

    return send


def part(name, content, file_name=None):
    label = b"" if file_name is None else b'; filename="%s"' % file_name
    return HEAD % (name, label) + content + b"\r\n"


def test_files_and_fields_may_come_in_any_order(sent):
    body = part(b"a", b"1") + part(b"file", b"bytes", b"x.h5") + part(b"a", b"2") + b"--b--\r\n"
    assert sent(body) == ([("file", "x.h5", b"bytes")], {"a": ["1", "2"]})


def test_a_file_may_hold_what_looks_like_an_end(sent):
    content = b"\r\n--c--\r\n\x00\xff--" * 3000
    body = part(b"file", content, b"x") + b"--b--\r\n"
    assert sent(body)[0] == [("file", "x", content)]


def test_a_file_without_a_name_is_what_browsers_send_for_none(sent):
    assert sent(part(b"file", b"", b"") + b"--b--\r\n") == ([], {"file": [""]})


@pytest.mark.parametrize(
    "body",
    [b"no form", part(b"file", b"bytes", b"x")[:-6], b"--b\r\nNo: name\r\n\r\nx\r\n--b--\r\n"],
)
def test_what_is_no_form_is_refused(sent, body):
    with pytest.raises(errors.MalformedRequest):
        sent(body)


def test_a_form_has_to_say_what_stands_between_its_parts(sent):
    with pytest.raises(errors.MalformedRequest, match="between"):
        sent(b"x", kind="multipart/form-data")


def test_a_form_cannot_be_replayed(sent):
    with pytest.raises(service_errors.InvalidRequest, match="replayed"):
        sent(b"--b--", headers={"Idempotency-Key": "k"})


def test_too_long_a_field_is_refused(sent):
    with pytest.raises(forms.RequestEntityTooLarge):
        sent(part(b"a", b"x" * 70_000) + b"--b--\r\n")


def test_nothing_is_read_of_a_form_that_says_that_it_is_too_large(sent):
    with pytest.raises(forms.RequestEntityTooLarge):
        sent(b"", environ_overrides={"CONTENT_LENGTH": str(10**9)})


def test_parts_of_a_file_are_small(app):
    body = part(b"file", bytes(2**20), b"x") + b"--b--\r\n"
    with app.test_request_context(
        "/", method="POST", data=body, content_type="multipart/form-data; boundary=b"
    ):
        file = next(forms.read(at_most=2**21).files)
        sizes = [len(chunk) for chunk in iter(lambda: file.stream.read(2**20), b"")]
    assert (sum(sizes), max(sizes) <= 2**17) == (2**20, True)


def _all(stream):
    return b"".join(iter(lambda: stream.read(7), b""))
