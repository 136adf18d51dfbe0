"""A tab of the app without a browser: it speaks Streamlit's own protocol.

A browser's tab draws; this one only asks and takes what comes, so that many of them leave a small
machine's cores to the server. It follows the parts of a page that update by themselves.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import aiohttp
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Common_pb2 import FileUploaderState, FileURLsRequest, UploadedFileInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

XSRF = "_streamlit_xsrf"
PATIENCE_S = 300.0
Element = Any  # of Streamlit's protocol


class Tab:
    """One visitor's tab of the app at an address."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.errors: list[str] = []
        self.n_bytes = 0
        self.elements: list[Element] = []  # of the latest run of the whole page, in order
        self._kept: dict[str, Element] = {}  # by hash, what the server need not send again
        self._pages: dict[str, str] = {}  # by address, their hashes
        self._page = self._query = self._session = self._drawn = ""
        self._parts: dict[str, asyncio.Task[None]] = {}  # that update by themselves
        self._whole_runs = 0
        self._done = asyncio.Condition()
        self._urls: asyncio.Queue[Any] = asyncio.Queue()

    async def __aenter__(self) -> Tab:
        self._http = aiohttp.ClientSession(self.address)
        async with self._http.get("/_stcore/health") as answer:
            answer.raise_for_status()
            self._token = answer.cookies[XSRF].value
        self._socket = await self._http.ws_connect(
            "/_stcore/stream",
            origin=self.address,
            protocols=("streamlit", self._token),
            max_msg_size=0,
        )
        self._listener = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        for part in self._parts.values():
            part.cancel()
        self._listener.cancel()
        await self._socket.close()
        await self._http.close()

    async def open(self, page: str, query: str = "") -> float:
        """Seconds until a page is drawn."""
        self._page, self._query = page, query
        return await self._run(ClientState())

    async def choose(self, key: str, option: str) -> float:
        """Seconds until the page is drawn anew after a click on one of a widget's options."""
        state = WidgetState(id=self.widget(key).id)
        state.string_array_value.data.append(option)
        return await self._run(_with(state))

    async def upload(self, key: str, name: str, content: bytes) -> float:
        """Seconds until the page is drawn anew after a file was given to an uploader."""
        start = time.perf_counter()
        asked = FileURLsRequest(
            request_id=str(uuid4()), file_names=[name], session_id=self._session
        )
        await self._send(BackMsg(file_urls_request=asked))
        (urls,) = (await asyncio.wait_for(self._urls.get(), PATIENCE_S)).file_urls
        form = aiohttp.FormData()
        form.add_field(urls.file_id, content, filename=name, content_type="audio/mpeg")
        async with self._http.put(
            urls.upload_url, data=form, headers={"X-Xsrftoken": self._token}
        ) as answer:
            answer.raise_for_status()
        info = UploadedFileInfo(name=name, size=len(content), file_id=urls.file_id, file_urls=urls)
        state = WidgetState(id=self.widget(key).id)
        state.file_uploader_state_value.CopyFrom(FileUploaderState(uploaded_file_info=[info]))
        await self._run(_with(state))
        return time.perf_counter() - start

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the page, as it was drawn last, fulfils this."""
        async with self._done:
            await asyncio.wait_for(self._done.wait_for(condition), PATIENCE_S)

    def widget(self, key: str) -> Any:
        """The widget of the page whose key begins so."""
        for element in self.elements:
            found = getattr(element, element.WhichOneof("type"))
            if f"-{key}" in getattr(found, "id", ""):
                return found
        raise LookupError(f"the page has no widget {key}")

    async def _run(self, state: ClientState) -> float:
        start, before = time.perf_counter(), self._whole_runs
        await self._ask(state)
        await self.until(lambda: self._whole_runs > before and self._is_drawn())
        return time.perf_counter() - start

    def _is_drawn(self) -> bool:
        """Whether what was drawn last is the page that was asked for, and not the one before."""
        return self._drawn == self._pages.get(self._page)

    async def _ask(self, state: ClientState) -> None:
        state.page_name, state.query_string = self._page, self._query
        state.page_script_hash = self._pages.get(self._page, "")
        await self._send(BackMsg(rerun_script=state))

    async def _send(self, message: BackMsg) -> None:
        await self._socket.send_bytes(message.SerializeToString())

    async def _listen(self) -> None:
        drawn: list[Element] = []
        async for received in self._socket:
            if received.type != aiohttp.WSMsgType.BINARY:
                break
            self.n_bytes += len(received.data)
            message = ForwardMsg.FromString(received.data)
            kind = message.WhichOneof("type")
            is_whole = not message.metadata.run.fragment_ids
            if kind == "new_session" and is_whole:
                drawn = []
                self._session = message.new_session.initialize.session_id or self._session
                self._stop_parts()
            elif kind == "navigation":
                self._drawn = message.navigation.page_script_hash
                self._pages = {
                    "" if page.is_default else page.url_pathname: page.page_script_hash
                    for page in message.navigation.app_pages
                }
            elif kind == "page_info_changed":
                self._query = message.page_info_changed.query_string
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                self._note_errors(element)
                if message.metadata.cacheable:
                    self._kept[message.hash] = element
                if is_whole:
                    drawn.append(element)
            elif kind == "ref_hash" and is_whole and message.ref_hash in self._kept:
                drawn.append(self._kept[message.ref_hash])  # sent before
            elif kind == "auto_rerun":
                self._follow(message.auto_rerun)
            elif kind == "file_urls_response":
                self._urls.put_nowait(message.file_urls_response)
            elif kind == "script_finished" and is_whole:
                await self._finished(message.script_finished, drawn)
        self.errors.append("the connection was closed")

    async def _finished(self, status: int, drawn: list[Element]) -> None:
        if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self.errors.append("the page does not compile")
        if status == ForwardMsg.FINISHED_SUCCESSFULLY:
            self._whole_runs += 1
            self.elements = drawn
        async with self._done:
            self._done.notify_all()

    def _note_errors(self, element: Element) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.errors.append(f"{element.exception.type}: {element.exception.message}")
        elif kind == "alert" and element.alert.format == element.alert.ERROR:
            self.errors.append(element.alert.body)

    def _follow(self, asked: Any) -> None:
        """Ask for a part of the page again and again."""

        async def again() -> None:
            while True:
                await asyncio.sleep(asked.interval)
                await self._ask(ClientState(fragment_id=asked.fragment_id, is_auto_rerun=True))

        if asked.fragment_id not in self._parts:
            self._parts[asked.fragment_id] = asyncio.create_task(again())

    def _stop_parts(self) -> None:
        for part in self._parts.values():
            part.cancel()
        self._parts.clear()


def _with(widget: WidgetState) -> ClientState:
    state = ClientState()
    state.widget_states.widgets.append(widget)
    return state
