"""Middleware before Streamlit's own server: it refuses strangers and sets the cookie of a visit.

Where a sign-in is set up, nothing of Streamlit answers a stranger: no page, no connection, no
upload, no media. The open paths are listed here, so an endpoint that a later Streamlit adds is
closed.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import cache
from pathlib import Path

from anyio import CancelScope
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit import config, file_util
from streamlit.auth_util import validate_auth_credentials
from streamlit.errors import StreamlitAuthError
from streamlit.url_util import make_url_path
from streamlit.user_info import generate_login_redirect_url

from mmc_core import language
from mmc_core.errors import MMCError
from mmc_core.language import _
from mmc_core.settings import PROJECT
from mmc_core.ui.common import languages, layout, sign_in, visitor
from mmc_core.wording import rendered

HEALTH, METRICS = "_stcore/health", "_stcore/metrics"
LOGIN, LOGOUT, CALLBACK = "auth/login", "auth/logout", "oauth2callback"
PROVIDER = "default"
# Told where its server is, the browser need not search: where the page's scripts are
# loaded from, behind a proxy too. Else it asks for the server's health below the page's own address
# first, where there is none, and reports two errors each time that somebody follows a link.
SERVER = '<script>window.__streamlit = {BACKEND_BASE_URL: new URL(".", location).href}</script>'
# The page for strangers loads nothing, and no other website may show it in a frame.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'none'",
}


class Gate:
    """Middleware that refuses strangers, and gives each browser a cookie that names its visit."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._pages: set[tuple[str | None, CancelScope]] = set()  # open connections, by visit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = HTTPConnection(scope)
            # Of a tab that closes within an upload nobody is left to answer, and nothing is wrong.
            with suppress(ClientDisconnect):
                await _answer(self._app, request)(scope, receive, self._with_cookie(request, send))
        elif scope["type"] == "websocket":
            await self._connect(HTTPConnection(scope))(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _connect(self, request: HTTPConnection) -> ASGIApp:
        """Return the app that serves a page's connection: Streamlit's, until the visit ends."""
        try:
            sign_in.check(request.cookies)
        except MMCError:
            return WebSocketClose(1008)
        visit = visitor.read_visit(request.cookies)

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            async def send_to_tab(message: Message) -> None:
                # A tab that closes while its page is drawn is told to Streamlit by what it receives
                # next. Told by what it sends, it closes the connection a second time, and fails.
                with suppress(OSError):
                    await send(message)

            with CancelScope() as until_ended:
                page = (visit, until_ended)
                self._pages.add(page)
                try:
                    await self._app(scope, receive, send_to_tab)
                finally:
                    self._pages.remove(page)
            if until_ended.cancelled_caught:
                await send_to_tab({"type": "websocket.close", "code": 1008})

        return serve

    def _with_cookie(self, request: HTTPConnection, send: Send) -> Send:
        """Return a `send` that adds the cookie of a new visit: to a browser without a valid one,
        which asks for the server's health before it connects, and when an account signs in or out.
        """

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                signs = any(
                    each.startswith(f"{sign_in.ACCOUNT_COOKIE}=")
                    for each in headers.getlist("set-cookie")
                )
                is_new = _names(request, HEALTH) and not visitor.read_browser(request.cookies)
                if signs or is_new:
                    headers.append("set-cookie", _visit_cookie(request))
                if signs:
                    await self._end(visitor.read_visit(request.cookies))
            await send(message)

        return send_with_cookie

    async def _end(self, visit: str | None) -> None:
        """Forget a visit's songs, and close its pages in other tabs."""
        if visit:
            await run_in_threadpool(_forget, visit)
            for of, page in list(self._pages):
                if of == visit:
                    page.cancel()


def _answer(app: ASGIApp, request: HTTPConnection) -> ASGIApp:
    """Return the app that answers a request: Streamlit's, or a response of our own."""
    with language.speaking(_language(request)):
        try:
            if not _names(request, HEALTH, LOGIN, LOGOUT, CALLBACK):
                sign_in.check(request.cookies)
            elif _names(request, LOGIN) and not request.query_params and sign_in.is_set_up():
                return _redirect_to_provider()
        except MMCError as error:
            return _refusal(error)
    if _names(request, METRICS):  # they count the sessions of all visitors
        return PlainTextResponse("Not Found", 404)
    if request.scope["method"] == "GET" and _names(request, *_pages()):
        return HTMLResponse(_document(), headers={"Cache-Control": "no-cache"})
    return app


@cache
def _pages() -> list[str]:
    return [path.stem for path in (PROJECT / "pages").glob("*.py")]


@cache
def _document() -> str:
    """Return Streamlit's document, the same for all pages, with the place of its server."""
    document = Path(file_util.get_static_dir(), "index.html").read_text(encoding="utf-8")
    return document.replace("<head>", f"<head>{SERVER}", 1)


def _redirect_to_provider() -> Response:
    """Return a redirection to the provider that people sign in with.

    Raises:
        MMCError: if the secrets do not say all that this needs.
    """
    try:
        validate_auth_credentials(PROVIDER)
        return RedirectResponse(generate_login_redirect_url(PROVIDER), 302)
    except StreamlitAuthError as error:
        logging.getLogger(__name__).exception("The sign-in cannot work")
        raise MMCError(
            "The sign-in of this app is not set up as it should be. Whoever runs it finds the "
            "reason in its log."
        ) from error


def _refusal(error: MMCError) -> Response:
    """Return the page that says why the app does not answer, with ways to sign in or out."""
    status, ways = 503, []
    if isinstance(error, sign_in.StrangerError):
        status, ways = 401, [(_path(LOGIN), _("Sign in"))]
        if error.is_signed_in:
            status, ways = 403, [*ways, (_path(LOGOUT), _("Sign out"))]
    page = rendered(
        "mmc_core.ui",
        "refusal.html",
        language=language.current(),
        logo=layout.LOGO.read_text(encoding="utf-8"),
        title=_("Music Mood Classification"),
        sentence=str(error),
        ways=ways,
    )
    return HTMLResponse(page, status, HEADERS)


def _visit_cookie(request: HTTPConnection) -> str:
    is_secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))
    secure = "; Secure" if is_secure else ""
    path = _path("").rstrip("/") or "/"
    cookie = f"{visitor.COOKIE}={visitor.new_cookie()}"
    return f"{cookie}; Path={path}; HttpOnly; SameSite=Strict{secure}"


def _forget(visit: str) -> None:
    from mmc_core.ui.predict.visit import forget  # slow: it loads the models' code

    forget(visit)


def _language(request: HTTPConnection) -> str:
    chosen = request.query_params.get(languages.PARAMETER)
    return language.match_locale(chosen or request.headers.get("accept-language"))


def _names(request: HTTPConnection, *routes: str) -> bool:
    """Return whether a request is for one of these routes, to the letter."""
    return request.scope["path"] in map(_path, routes)


def _path(route: str) -> str:
    return make_url_path(config.get_option("server.baseUrlPath") or "", route)
