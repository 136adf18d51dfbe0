"""Answers of the server to strangers and accounts, before any page is run."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from http.client import HTTPConnection
from typing import Any

import httpx
import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Common_pb2 import FileURLsRequest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from mmc_core.ui import gate
from mmc_core.ui.common import sign_in, visitor
from mmc_core.ui.gate import Gate
from tests.support.server import SECRETS, free_port, serving

USER = "_streamlit_user"
SECRET = secrets.token_hex(32)
ADA = {"email": "ada@school.example", "email_verified": True}
EVE = {"email": "eve@elsewhere.example", "email_verified": True}
SESSION = "0" * 36
CLOSED = [
    ("GET", "/"),
    ("GET", "/predict"),
    ("GET", "/index.html"),
    ("GET", "/static/js/index.js"),
    ("GET", "/media/0.wav"),
    ("GET", "/component/a/b.js"),
    ("GET", "/_stcore/metrics"),
    ("GET", "/_stcore/host-config"),
    ("GET", "/_stcore/stream"),
    ("GET", "/_stcore/bidi-components/a/b.js"),
    ("GET", "/_stcore/agent/openapi.json"),
    ("POST", "/_stcore/agent/interact"),
    ("PUT", f"/_stcore/upload_file/{SESSION}/0"),
    ("DELETE", f"/_stcore/upload_file/{SESSION}/0"),
    ("OPTIONS", f"/_stcore/upload_file/{SESSION}/0"),
    ("HEAD", "/_stcore/metrics"),
    ("GET", "//_stcore/metrics"),
    ("GET", "/_stcore/metrics/"),
    ("GET", "/%5fstcore/metrics"),
    ("GET", "/_stcore%2fmetrics"),
    ("GET", "/_stcore/health/../metrics"),
    ("GET", "/_stcore/health/"),
    ("GET", "/auth/login/../../_stcore/metrics"),
    ("GET", "/auth/login%2f..%2f..%2f_stcore/metrics"),
    ("GET", "/oauth2callback/../_stcore/metrics"),
]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Yield the port of the app for people of a school, whose cookies these tests sign."""
    folder = tmp_path_factory.mktemp("signed-in")
    port = free_port()
    text = SECRETS.format(port=port, cookie=SECRET, client="none", provider="http://localhost:9")
    (folder / "secrets.toml").write_text(text)
    with serving(folder, port=port, STREAMLIT_SECRETS_FILES=str(folder / "secrets.toml")):
        yield port


def sign(
    port: int, claims: dict[str, Any], *, secret: str = SECRET, ago_s: int = 0
) -> dict[str, str]:
    """Return the cookies of somebody who signed in so long ago."""

    class EarlierSigner(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - ago_s

    def signed(name: str, value: str) -> bytes:
        signer = URLSafeTimedSerializer(secret, salt=name, signer=EarlierSigner)
        return str(signer.dumps(value)).encode()

    cookies: dict[str, str] = {}
    set_cookie_with_chunks(
        lambda name, value: cookies.update({name: signed(name, value).decode()}),
        signed,
        USER,
        {"is_logged_in": True, "origin": f"http://localhost:{port}", "sub": "1", **claims},
        cookie_attr_size=0,
    )
    return cookies


def header(cookies: dict[str, str]) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def ask(
    port: int, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> tuple[int, dict[str, str], str]:
    with closing(HTTPConnection("localhost", port, timeout=60)) as connection:
        connection.request(method, path, body or None, headers or {})
        answer = connection.getresponse()
        given: dict[str, str] = {}
        for name, value in answer.getheaders():
            given[name] = f"{given[name]}, {value}" if name in given else value
        return answer.status, given, answer.read().decode(errors="replace")


def opened(port: int, cookies: dict[str, str], path: str = "/_stcore/stream") -> ClientConnection:
    return connect(
        f"ws://localhost:{port}{path}",
        additional_headers=header(cookies),
        max_size=None,
        open_timeout=60,
    )


STRANGERS: dict[str, Callable[[int], dict[str, str]]] = {
    "nobody": lambda port: {},
    "a forged cookie": partial(sign, claims=ADA, secret="another"),
    "an unsigned cookie": lambda port: {USER: json.dumps({"is_logged_in": True, **ADA})},
    "a cookie of another app": lambda port: sign(port + 1, ADA),
    "a cookie of 32 days ago": partial(sign, claims=ADA, ago_s=32 * 86_400),
    "who has signed out": partial(sign, claims={**ADA, "is_logged_in": False}),
    "a part of a long cookie": lambda port: {
        USER: sign(port, {**ADA, "name": secrets.token_hex(3000)})[USER]
    },
}


@pytest.mark.parametrize("who", STRANGERS)
def test_who_is_not_signed_in_reaches_nothing_of_the_server(port: int, who: str) -> None:
    cookies = STRANGERS[who](port)
    for method, path in CLOSED:
        status, headers, text = ask(port, method, path, header(cookies))
        assert status == 401, (method, path)
        assert method == "HEAD" or "Sign in to go on" in text
        assert "set-cookie" not in headers
    for path in ("/_stcore/stream", "//_stcore/stream", "/_stcore/health", "/_stcore/stream/"):
        with pytest.raises(InvalidStatus, match="403"):
            opened(port, cookies, path)


def test_an_account_that_is_not_allowed_reaches_nothing_either(port: int) -> None:
    for claims in (EVE, {**ADA, "email_verified": False}, {"email_verified": True}):
        cookies = sign(port, claims)
        for method, path in CLOSED:
            assert ask(port, method, path, header(cookies))[0] == 403, (method, path)
        with pytest.raises(InvalidStatus, match="403"):
            opened(port, cookies)
    shown = ask(port, "GET", "/", header(sign(port, {**EVE, "email": "<b>@elsewhere.example"})))
    assert "&lt;b&gt;@elsewhere.example may not use this app" in shown[2]
    assert 'action="/auth/logout"' in shown[2]


def test_what_strangers_send_is_not_kept(port: int) -> None:
    """Not even read: the server answers before the file is sent."""
    with closing(socket.create_connection(("localhost", port), timeout=60)) as line:
        line.sendall(
            f"PUT /_stcore/upload_file/{SESSION}/0 HTTP/1.1\r\nHost: localhost\r\n"
            "Content-Length: 95000000\r\n\r\n".encode()
        )
        assert line.recv(100).startswith(b"HTTP/1.1 401")


def test_a_stranger_may_sign_in_and_a_probe_asks_for_health(port: int) -> None:
    assert ask(port, "GET", "/_stcore/health")[0] == 200
    status, headers, _ = ask(port, "GET", "/auth/login")
    assert status == 302
    assert re.fullmatch(r"/auth/login\?provider=[\w.-]+", headers["location"])
    assert ask(port, "GET", "/oauth2callback")[0] == 302
    assert ask(port, "GET", "/auth/logout")[0] == 302


@pytest.mark.parametrize("size", [10, 5000])
def test_who_is_known_uploads_to_their_own_page(port: int, size: int) -> None:
    """Their cookie may be so long that it comes in parts."""
    cookies = sign(port, {**ADA, "name": secrets.token_hex(size)})
    assert (len(cookies) > 1) == (size > 1000)
    assert ask(port, "GET", "/", header(cookies))[0] == 200
    assert ask(port, "GET", "/_stcore/host-config", header(cookies))[0] == 200
    assert ask(port, "GET", "/_stcore/metrics", header(cookies))[0] == 404
    given = ask(port, "GET", "/_stcore/health")[1]["set-cookie"]
    xsrf = re.search(r"_streamlit_xsrf=([^;]+)", given)
    assert xsrf
    cookies["_streamlit_xsrf"] = xsrf[1]
    with opened(port, cookies) as page:
        page.send(BackMsg(rerun_script=ClientState()).SerializeToString())
        session = answered(page, "new_session").initialize.session_id
        asked = FileURLsRequest(request_id="1", file_names=["a.wav"], session_id=session)
        page.send(BackMsg(file_urls_request=asked).SerializeToString())
        (place,) = answered(page, "file_urls_response").file_urls
        body = (
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.wav"\r\n'
            b"Content-Type: audio/wav\r\n\r\nsound\r\n--x--\r\n"
        )
        headers = {"Content-Type": "multipart/form-data; boundary=x", "X-Xsrftoken": xsrf[1]}
        assert ask(port, "PUT", place.upload_url, headers, body)[0] == 401
        assert ask(port, "PUT", place.upload_url, headers | header(cookies), body)[0] == 204


def answered(page: ClientConnection, kind: str) -> Any:
    """Return the next message of a kind that the server sends."""
    message = ForwardMsg()
    while message.WhichOneof("type") != kind:
        message.ParseFromString(page.recv(timeout=60))
    return getattr(message, kind)


# ---- without a provider ---------------------------------------------------------------------


async def reached(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("reached")(scope, receive, send)


def through_gate(
    method: str, path: str, base: str = "http://localhost", **headers: str
) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(Gate(reached))
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.request(method, base + path, headers=headers)

    return asyncio.run(asked())


def test_a_sign_in_that_is_asked_for_and_not_set_up_closes_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MMC_SIGN_IN", "1")
    for method, path in [*CLOSED, ("GET", "/auth/login")]:
        answer = through_gate(method, path)
        assert answer.status_code == 503, path
        assert method == "HEAD" or "MMC_SIGN_IN asks for a sign-in, but" in answer.text
    assert through_gate("GET", "/_stcore/health").text == "reached"


def test_without_a_sign_in_all_but_the_metrics_is_open() -> None:
    assert through_gate("GET", "/_stcore/metrics").status_code == 404
    assert through_gate("GET", "/%5fstcore/metrics").status_code == 404
    for path in ("/", "/predict", "/_stcore/host-config", f"/_stcore/upload_file/{SESSION}/0"):
        assert through_gate("PUT", path).text == "reached", path


def test_a_page_says_where_its_server_is() -> None:
    """So that the browser does not search for it below the page's own address."""
    for name in ("predict", "own"):
        answer = through_gate("GET", f"/{name}")
        assert gate.SERVER in answer.text
        assert answer.text.index(gate.SERVER) < answer.text.index("<script type=")
        assert answer.headers["cache-control"] == "no-cache"
    for path in ("/", "/elsewhere", "/predict/", "/predict/_stcore/health", "/static/predict"):
        assert through_gate("GET", path).text == "reached", path


def test_a_tab_that_closes_within_an_upload_is_no_error() -> None:
    async def take(scope: Scope, receive: Receive, send: Send) -> None:
        taken.append("begun")
        await Request(scope, receive).body()
        taken.append("all of it")

    async def receive() -> Message:
        return sent.pop(0)

    async def send(message: Message) -> None:
        raise AssertionError("nobody is there")

    taken: list[str] = []
    sent: list[Message] = [
        {"type": "http.request", "body": b"half", "more_body": True},
        {"type": "http.disconnect"},
    ]
    scope = {"type": "http", "method": "PUT", "path": "/_stcore/upload_file/a/0"}
    asyncio.run(Gate(take)(scope | {"headers": [], "query_string": b""}, receive, send))
    assert taken == ["begun"]
    assert not sent


def test_a_tab_that_closes_while_its_page_is_drawn_is_no_error() -> None:
    """Streamlit's own server sends and receives beside each other, as here one after the other."""

    async def draw(scope: Scope, receive: Receive, send: Send) -> None:
        page = WebSocket(scope, receive, send)
        await page.accept()
        await page.send_bytes(b"a figure")
        with pytest.raises(WebSocketDisconnect):
            await page.receive_bytes()
        drawn.append("to the end")

    async def receive() -> Message:
        return sent.pop(0)

    async def send(message: Message) -> None:
        if message["type"] == "websocket.send":
            raise OSError

    drawn: list[str] = []
    sent: list[Message] = [
        {"type": "websocket.connect"},
        {"type": "websocket.disconnect", "code": 1001},
    ]
    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": [], "query_string": b""}
    asyncio.run(Gate(draw)(scope, receive, send))
    assert drawn == ["to the end"]


def test_a_browser_is_named_by_the_server_alone() -> None:
    """A cookie that somebody made up, or signed themselves, is replaced."""
    given = through_gate("GET", "/_stcore/health").headers["set-cookie"]
    made = re.fullmatch(r"mmc-visit=([\w.-]+); Path=/; HttpOnly; SameSite=Strict", given)
    assert made
    name = visitor.read_browser({visitor.COOKIE: made[1]})
    assert name and made[1].startswith(name)
    kept = through_gate("GET", "/_stcore/health", **header({visitor.COOKIE: made[1]}))
    assert "set-cookie" not in kept.headers
    for made_up in ("", "a" * 32, "a" * 32 + ".b", f"b{made[1]}", f"{name}.", name):
        cookies = {visitor.COOKIE: made_up}
        assert visitor.read_browser(cookies) is None
        assert visitor.read_visit(cookies) is None
        again = through_gate("GET", "/_stcore/health", **header(cookies)).headers["set-cookie"]
        assert again.startswith("mmc-visit=")
        assert name not in again


def test_a_visit_is_of_a_browser_and_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "identity", lambda cookies: cookies.get("account", ""))
    one, two = visitor.new_cookie(), visitor.new_cookie()
    visits = {
        visitor.read_visit({visitor.COOKIE: browser, "account": account})
        for browser in (one, two)
        for account in ("ada", "ben", "")
    }
    assert None not in visits
    assert len(visits) == 6


def test_the_cookie_is_secure_where_the_page_is() -> None:
    direct = through_gate("GET", "/_stcore/health", "https://localhost")
    proxied = through_gate("GET", "/_stcore/health", **{"X-Forwarded-Proto": "https"})
    assert direct.headers["set-cookie"].endswith("; Secure")
    assert proxied.headers["set-cookie"].endswith("; Secure")
