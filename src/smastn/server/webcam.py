"""A webcam in the browser, measured here: pictures come over a web socket, the curve goes back."""

import asyncio
import multiprocessing
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from smastn.errors import InputError
from smastn.server.bounded_process import BoundedWork, Bounds, Stopped
from smastn.server.film_routes import AllJobs
from smastn.server.webcam_process import LARGEST_PICTURE, LONGEST, CameraTask, watch_camera

_IDLE_SECONDS = 20.0
"""A webcam from which nothing comes for so long is let go of."""

router = APIRouter()


class Places:
    """How many webcams may be watched at one time.

    Args:
        most: so many.
    """

    def __init__(self, most: int) -> None:
        self._free = threading.BoundedSemaphore(most)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[bool]:
        """Whether there is a place; it is held until the end."""
        if not self._free.acquire(blocking=False):
            yield False
            return
        try:
            yield True
        finally:
            self._free.release()


@router.websocket("/api/live")
async def live(socket: WebSocket, jobs: AllJobs) -> None:
    """Answer each picture with what is seen; one at a time, so that none pile up."""
    await socket.accept()
    async with socket.app.state.cameras.one() as free:
        if not free:
            await _end(socket, "as many webcams are watched already as may be; try again later")
            return
        with suppress(WebSocketDisconnect):
            await _watch(socket, jobs.limits.memory_bytes)


async def _watch(socket: WebSocket, memory: int) -> None:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    work = BoundedWork(watch_camera, CameraTask(receiver), Bounds(LONGEST, memory))
    answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def tell(**told: Any) -> None:
        loop.call_soon_threadsafe(answers.put_nowait, told)

    def run() -> None:
        reason = "the webcam was let go of"
        try:
            work.run(tell)
        except InputError as error:
            reason = str(error)
        except Stopped:
            pass
        tell(ended=reason)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        await _answer_pictures(socket, sender, answers)
    finally:
        work.stop()
        sender.close()
        await asyncio.to_thread(thread.join)
        receiver.close()


async def _answer_pictures(
    socket: WebSocket, sender: Connection, answers: "asyncio.Queue[dict[str, Any]]"
) -> None:
    while True:
        try:
            picture = await asyncio.wait_for(socket.receive_bytes(), _IDLE_SECONDS)
        except (TimeoutError, KeyError):  # nothing, or text
            await _end(socket, "no picture came from the webcam for a while")
            return
        if len(picture) > LARGEST_PICTURE:
            await _end(socket, "a picture of the webcam is too large")
            return
        with suppress(OSError):  # the process has ended, and says why
            await asyncio.to_thread(sender.send_bytes, picture)
        answer = await answers.get()
        if "ended" in answer:
            await _end(socket, answer["ended"])
            return
        await socket.send_json(answer)


async def _end(socket: WebSocket, reason: str) -> None:
    await socket.send_json({"ended": reason})
    await socket.close()
