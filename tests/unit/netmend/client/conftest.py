"""A server that fits into a test: it knows uploads, one model and one job, and can misbehave."""

import hashlib
import json

import httpx
import pytest

from netmend.client import Client

NOW = "2026-01-01T00:00:00Z"
ID = "0" * 8 + "-0000" * 3 + "-" + "0" * 12
FILE = b"what a job made"


class Server:
    """The routes that a client uses, over what is held in memory."""

    def __init__(self):
        self.bytes = b""
        self.requests = []
        #: Answers or errors that come before the real ones, each for one request.
        self.trouble = []
        self.artifact = FILE

    def __call__(self, request):
        request.read()
        self.requests.append(request)
        if self.trouble:
            trouble = self.trouble.pop(0)
            if isinstance(trouble, Exception):
                raise trouble
            if trouble is not None:
                return trouble(self, request) if callable(trouble) else trouble
        return self.answer(request)

    def answer(self, request):  # noqa: PLR0911 - a route a line
        path = request.url.path.removeprefix("/api/v1")
        match (request.method, *path.strip("/").split("/")):
            case ("POST", "uploads"):
                return httpx.Response(201, json=self.upload("receiving"))
            case ("GET", "uploads", _):
                return httpx.Response(200, json=self.upload("receiving"))
            case ("PATCH", "uploads", _):
                return self.append(request)
            case ("POST", "uploads", _, "complete"):
                return self.complete(json.loads(request.content)["sha256"])
            case ("GET", "jobs", _, "artifacts", *_):
                return self.send(request)
        return problem(404, "not-found", "there is nothing of that name")

    def append(self, request):
        if int(request.headers["Upload-Offset"]) != len(self.bytes):
            return problem(409, "upload-offset-mismatch", "another offset")
        self.bytes += request.content
        return httpx.Response(204, headers={"Upload-Offset": str(len(self.bytes))})

    def complete(self, sha256):
        if sha256 != hashlib.sha256(self.bytes).hexdigest():
            return problem(422, "checksum-mismatch", "other bytes")
        return httpx.Response(200, json=self.upload("complete"))

    def send(self, request):
        start = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=")[:-1])
        return httpx.Response(206 if start else 200, content=self.artifact[start:])

    def upload(self, state):
        return {
            "id": ID, "file_name": "a", "state": state, "offset": len(self.bytes),
            "n_bytes": None, "sha256": None, "created_at": NOW,
        }  # fmt: skip


def problem(status, code, detail, **more):
    body = {"title": "t", "status": status, "detail": detail, "code": code, **more}
    headers = {"Content-Type": "application/problem+json"}
    return httpx.Response(status, content=json.dumps(body), headers=headers)


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def client(server):
    with Client("http://server", "token", transport=httpx.MockTransport(server)) as client:
        client._server.pauses_s = (0.0, 0.0)
        client.uploads.pause_s = 0.0
        client.uploads.part_bytes = 10
        yield client
