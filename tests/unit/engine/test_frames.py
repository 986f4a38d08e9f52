"""Frames as they come over a socket: whole, cut, and of nobody's protocol."""

import asyncio
import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.engine import frames
from lsp_server.engine.base import Finish, GenerationRequest, Loaded, Piece
from lsp_server.engine.build import BUILD, Build
from lsp_server.framing import LARGEST_FRAME, read_frame

REQUEST = GenerationRequest(
    prompt_ids=(1, 32_007, 99),
    begin=" é",
    max_tokens=12,
    stop_ids=(2,),
    temperature=0.5,
    priority=3,
)
FROM_SERVER = [
    frames.Generate(1, 0, REQUEST),
    frames.Abort(2**40),
    frames.Load(1),
    frames.Free(),
    frames.Drain(),
    frames.Ping(),
]
FROM_HOST = [
    frames.Hello(BUILD, 7, "/log", 0),
    frames.Stage(0, "loading the weights"),
    frames.Stage(1, "loading the weights", 0.5),
    frames.Ready(0, Loaded(model="a/b", window_tokens=16_384, device="cpu", why="é")),
    frames.Asleep(0, "nobody used it", wakes=True),
    frames.NotLoaded(0, "EngineDown", "no"),
    frames.Answer(7, Piece(text="é😀\n", tokens=2, cached_tokens=None)),
    frames.Answer(7, Piece(text="", cached_tokens=32, finish=Finish.LENGTH)),
    frames.Failed(3, "RequestRefused", ""),
    frames.Pong(),
]


def reader(sent: bytes) -> asyncio.StreamReader:
    """Return the end of a socket on which this came before the other side left."""
    stream = asyncio.StreamReader()
    stream.feed_data(sent)
    stream.feed_eof()
    return stream


@pytest.mark.parametrize("message", FROM_SERVER)
async def test_what_the_server_says_arrives(
    message: frames.FromServer,
) -> None:
    body = await read_frame(reader(frames.frame(message)))
    assert body is not None
    assert frames.from_server.decode(body) == message


@pytest.mark.parametrize("message", FROM_HOST)
async def test_what_the_host_says_arrives(message: frames.FromHost) -> None:
    body = await read_frame(reader(frames.frame(message)))
    assert body is not None
    assert frames.from_host.decode(body) == message


@given(st.lists(st.sampled_from(FROM_HOST), max_size=4), st.data())
async def test_frames_follow_one_another_up_to_the_cut(
    messages: list[frames.FromHost], data: st.DataObject
) -> None:
    sent = b"".join(map(frames.frame, messages))
    cut = data.draw(st.integers(0, len(sent)))
    stream = reader(sent[:cut])
    received = []
    while (body := await read_frame(stream)) is not None:
        received.append(frames.from_host.decode(body))
    assert received == messages[: len(received)]
    whole = sum(len(frames.frame(message)) for message in received)
    assert whole <= cut
    if len(received) < len(messages):
        assert cut < whole + len(frames.frame(messages[len(received)]))


async def test_a_lost_connection_is_the_end() -> None:
    stream = asyncio.StreamReader()
    stream.set_exception(ConnectionResetError())
    assert await read_frame(stream) is None


async def test_a_frame_that_is_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="not of this protocol"):
        await read_frame(reader(b"HTTP/1.1 200 OK"))


async def test_the_largest_frame_is_not_too_large() -> None:
    header = struct.pack(">I", LARGEST_FRAME)
    assert await read_frame(reader(header + b"cut off")) is None


def test_the_longest_prompt_fits_a_frame_many_times() -> None:
    prompt = GenerationRequest(prompt_ids=(32_010,) * 100_000, max_tokens=1)
    frame = frames.frame(frames.Generate(1, 0, prompt))
    assert len(frame) * 100 < LARGEST_FRAME


def test_a_message_of_the_other_side_is_refused() -> None:
    body = frames.frame(frames.Abort(1))[4:]
    with pytest.raises(msgspec.ValidationError):
        frames.from_host.decode(body)


def test_every_build_understands_the_first_frame() -> None:
    """A window must be able to ask a host of any build to leave."""
    body = {
        "type": "Hello",
        "build": {"version": [0, 1, 0], "stamp": 7, "protocol": 1},
        "pid": 42,
        "log": "/log",
        "log_start": 3,
        "added": "by a newer build",
    }
    hello = frames.from_host.decode(msgspec.msgpack.encode(body))
    build = Build(version=(0, 1, 0), stamp=7, protocol=1)
    assert hello == frames.Hello(build, 42, "/log", 3)
    drain = msgspec.msgpack.encode({"type": "Drain"})
    assert frames.from_server.decode(drain) == frames.Drain()
