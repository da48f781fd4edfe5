"""The web socket of a webcam: images come from the browser, the movement curve goes back."""

import asyncio
import multiprocessing
import threading
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from smastn.errors import InputError
from smastn.server.bounded_process import BoundedWork, Stopped
from smastn.server.film_routes import AllJobs
from smastn.server.webcam_process import MAX_IMAGE_BYTES, MAX_SECONDS, measure_webcam

_IDLE_SECONDS = 20.0
"""A webcam that sends nothing for so long is disconnected."""

router = APIRouter()


@router.websocket("/api/live")
async def live(socket: WebSocket, jobs: AllJobs) -> None:
    """Answer each image with its measurements, one at a time, so that none queue up."""
    await socket.accept()
    slots: asyncio.Semaphore = socket.app.state.webcam_slots
    if slots.locked():
        await _close(socket, f"{jobs.limits.webcams} webcams are in use already; try again later")
        return
    async with slots:
        with suppress(WebSocketDisconnect):
            await _measure(socket, jobs.limits.memory_bytes)


async def _measure(socket: WebSocket, memory_bytes: int) -> None:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    work = BoundedWork(partial(measure_webcam, receiver), MAX_SECONDS, memory_bytes)
    answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def notify(**values: Any) -> None:
        loop.call_soon_threadsafe(answers.put_nowait, values)

    def run() -> None:
        reason = "the webcam was stopped"
        try:
            work.run(notify)
        except InputError as error:
            reason = str(error)
        except Stopped:
            pass
        notify(ended=reason)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        await _close(socket, await _exchange(socket, sender, answers))
    finally:
        work.stop()
        sender.close()
        await asyncio.to_thread(thread.join)
        receiver.close()


async def _exchange(
    socket: WebSocket, sender: Connection, answers: "asyncio.Queue[dict[str, Any]]"
) -> str:
    """Pass images on and answers back until it ends; the reason for the end."""
    while True:
        try:
            image = await asyncio.wait_for(socket.receive_bytes(), _IDLE_SECONDS)
        except (TimeoutError, KeyError):  # nothing, or text
            return f"no image came from the webcam for {_IDLE_SECONDS:.0f} s"
        if len(image) > MAX_IMAGE_BYTES:
            return "an image of the webcam is too large"
        with suppress(OSError):  # the process has ended; its reason is the next answer
            await asyncio.to_thread(sender.send_bytes, image)
        answer = await answers.get()
        if "ended" in answer:
            return answer["ended"]
        await socket.send_json(answer)


async def _close(socket: WebSocket, reason: str) -> None:
    await socket.send_json({"ended": reason})
    await socket.close()
