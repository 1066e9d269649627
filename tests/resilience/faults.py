"""The faults that the server injects, by name.

| kind | names |
| --- | --- |
| rate limits | `429-*`: bare, with seconds, with a date, with a reset time, with a spam warning |
| server errors | `5xx-*`: JSON, HTML, text, empty |
| lost connections | `reset-*`: before, unanswered, in the head, in the body, after; `close-after` |
| incomplete or corrupt bodies | `truncated-*`, `chunked-*`, `gzip-*` |
| unexpected responses | `wrong-type`, `html-200`, `error-200`, `garbage`, `huge-head`, `redirect-*` |
| slow or endless responses | `slow`, `drip-head`, `drip-body`, `never` |
"""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.resilience.server import Exchange

Fault = Callable[["Exchange", Random], Awaitable[None]]
FAULTS: dict[str, Fault] = {}
BOMB = gzip.compress(bytes(8_000_000), 9)


def fault(name: str) -> Callable[[Fault], Fault]:
    """Register a fault under its name."""

    def register(function: Fault) -> Fault:
        FAULTS[name] = function
        return function

    return register


def rate_limit_body(reset: datetime) -> bytes:
    """Return the body of a 429 that describes the limit."""
    rate_limit = {"group": "plays", "max_nr_of_requests": 15000, "time_window": "PT24H", "name": "plays"}
    meta = {"rate_limit": rate_limit, "remaining_requests": 0, "reset_time": reset.strftime("%Y/%m/%d %H:%M:%S +0000")}
    return json.dumps({"errors": [{"meta": meta}]}).encode()


@fault("429-bare")
async def rate_limit(exchange: "Exchange", random: Random) -> None:
    useless = {"x-ratelimit-limit": "-1", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "0"}
    await exchange.respond(429, b'{"error": "Rate Limit Exceeded"}', useless)


@fault("429-seconds")
async def rate_limit_with_seconds(exchange: "Exchange", random: Random) -> None:
    seconds = random.choice(["0", "30"])
    body = {"code": 429, "message": "slow down", "status": "429 - Too Many Requests", "errors": [], "link": "https://d"}
    await exchange.respond(429, json.dumps(body).encode(), {"Retry-After": seconds})


@fault("429-date")
async def rate_limit_with_date(exchange: "Exchange", random: Random) -> None:
    now = datetime.now(UTC)
    until = now + random.choice([timedelta(0), timedelta(hours=1)])
    headers = {"Date": format_datetime(now, usegmt=True), "Retry-After": format_datetime(until, usegmt=True)}
    await exchange.respond(429, b"", headers)


@fault("429-reset-time")
async def rate_limit_with_reset_time(exchange: "Exchange", random: Random) -> None:
    await exchange.respond(429, rate_limit_body(datetime.now(UTC) + random.choice([timedelta(0), timedelta(hours=3)])))


@fault("429-spam")
async def spam_warning(exchange: "Exchange", random: Random) -> None:
    body = {"errors": [{"error_message": "spam"}], "spam_warning_urn": "soundcloud:spam-warnings:1"}
    await exchange.respond(429, json.dumps(body).encode(), {"Retry-After": "0"})


@fault("5xx-json")
async def json_error(exchange: "Exchange", random: Random) -> None:
    exchange.apply(random.random() < 0.5)
    body = {"code": 500, "message": "", "status": "500 - Internal Server Error", "errors": [], "error": None}
    await exchange.respond(random.choice([500, 501, 503]), json.dumps(body).encode())


@fault("5xx-html")
async def html_error(exchange: "Exchange", random: Random) -> None:
    exchange.apply(random.random() < 0.5)
    body = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1>Request ID: abcdefgh12345678</body>"
    await exchange.respond(502, body, {"Content-Type": "text/html"})


@fault("5xx-text")
async def text_error(exchange: "Exchange", random: Random) -> None:
    body = b"upstream connect error or disconnect/reset before headers. reset reason: connection failure"
    await exchange.respond(503, body, {"Content-Type": "text/plain"})


@fault("5xx-empty")
async def empty_error(exchange: "Exchange", random: Random) -> None:
    exchange.apply(random.random() < 0.5)
    await exchange.respond(504, b"")


@fault("404-text")
async def text_404(exchange: "Exchange", random: Random) -> None:
    await exchange.respond(404, b"default backend - 404", {"Content-Type": "text/plain"})


@fault("reset-before")
async def reset_before(exchange: "Exchange", random: Random) -> None:
    exchange.reset()


@fault("reset-unanswered")
async def reset_unanswered(exchange: "Exchange", random: Random) -> None:
    exchange.apply()
    if random.random() < 0.5:
        exchange.reset()
    else:
        exchange.close()


@fault("reset-in-head")
async def reset_in_head(exchange: "Exchange", random: Random) -> None:
    exchange.apply()
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Ty")
    exchange.reset()


@fault("reset-in-body")
async def reset_in_body(exchange: "Exchange", random: Random) -> None:
    exchange.apply()
    await exchange.send(exchange.response_head(200, 5000) + b'{"title": "ni')
    exchange.reset()


@fault("reset-after")
async def reset_after(exchange: "Exchange", random: Random) -> None:
    await exchange.respond_normally()
    exchange.reset()


@fault("close-after")
async def close_after(exchange: "Exchange", random: Random) -> None:
    """Close the connection after a response that did not announce it."""
    await exchange.respond_normally()
    exchange.close()


@fault("truncated-right-length")
async def truncated_json(exchange: "Exchange", random: Random) -> None:
    exchange.apply()
    body = exchange.body or b'{"done": true}'
    await exchange.respond(exchange.status, body[: len(body) // 2])


@fault("truncated-wrong-length")
async def truncated_body(exchange: "Exchange", random: Random) -> None:
    exchange.apply()
    body = exchange.body or b'{"done": true}'
    await exchange.send(exchange.response_head(200, len(body)) + body[: len(body) // 2])
    exchange.close()


@fault("wrong-type")
async def wrong_type(exchange: "Exchange", random: Random) -> None:
    exchange.apply()
    kind = random.choice(["text/html", "image/png", "", "application/json; charset=utf-16"])
    await exchange.respond(exchange.status, exchange.body, {"Content-Type": kind})


@fault("html-200")
async def html_page(exchange: "Exchange", random: Random) -> None:
    await exchange.respond(
        200, b"<!DOCTYPE html><html><title>Please stand by</title></html>", {"Content-Type": "text/html"}
    )


@fault("error-200")
async def error_object(exchange: "Exchange", random: Random) -> None:
    body = {"code": 500, "message": "not today", "status": "", "errors": [{"error_message": "not today"}]}
    await exchange.respond(200, json.dumps(body).encode())


@fault("garbage")
async def garbage(exchange: "Exchange", random: Random) -> None:
    exchange.apply()
    await exchange.send(random.choice([b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/9.9 two hundred\r\n\r\n", bytes(200)]))
    exchange.close()


@fault("huge-head")
async def huge_head(exchange: "Exchange", random: Random) -> None:
    exchange.apply()
    await exchange.respond(exchange.status, exchange.body, {"X-Long": "x" * 300_000})


@fault("gzip-corrupt")
async def corrupt_gzip(exchange: "Exchange", random: Random) -> None:
    exchange.apply()
    body = bytearray(gzip.compress(exchange.body * 20 or b"{}"))
    start = random.randrange(len(body))
    body[start : start + 10] = bytes(255 - byte for byte in body[start : start + 10])
    await exchange.respond(200, bytes(body), {"Content-Encoding": "gzip"})


@fault("gzip-truncated")
async def truncated_gzip(exchange: "Exchange", random: Random) -> None:
    exchange.apply()
    body = gzip.compress(exchange.body or b'{"done": true}')
    await exchange.respond(200, body[: random.randrange(1, len(body))], {"Content-Encoding": "gzip"})


@fault("gzip-bomb")
async def gzip_bomb(exchange: "Exchange", random: Random) -> None:
    exchange.apply()
    await exchange.respond(200, BOMB, {"Content-Encoding": "gzip"})


@fault("gzip-endless-tail")
async def endless_tail_after_gzip(exchange: "Exchange", random: Random) -> None:
    """Send bytes without end after the compressed data."""
    exchange.apply()
    await exchange.send(exchange.response_head(200, None, {"Content-Encoding": "gzip"}) + gzip.compress(exchange.body))
    while True:
        await exchange.send(bytes(60_000))


@fault("unknown-encoding")
async def unknown_encoding(exchange: "Exchange", random: Random) -> None:
    exchange.apply()
    await exchange.respond(200, exchange.body, {"Content-Encoding": "br"})


@fault("chunked-wrong")
async def wrong_chunks(exchange: "Exchange", random: Random) -> None:
    exchange.apply()
    head = exchange.response_head(200, None, {"Transfer-Encoding": "chunked"})
    await exchange.send(
        head + random.choice([b"zz\r\n{}\r\n0\r\n\r\n", b"-5\r\n{}\r\n", b"2\r\n{}x\r\n0\r\n\r\n", b"\r\n"])
    )
    exchange.close()


@fault("chunked-cut")
async def truncated_chunks(exchange: "Exchange", random: Random) -> None:
    exchange.apply()
    head = exchange.response_head(200, None, {"Transfer-Encoding": "chunked"})
    await exchange.send(head + b"%x\r\n%b\r\n" % (len(exchange.body), exchange.body) if exchange.body else head)
    exchange.close()


@fault("redirect-loop")
async def redirect_loop(exchange: "Exchange", random: Random) -> None:
    await exchange.respond(random.choice([301, 302, 307]), b"", {"Location": exchange.target})


@fault("redirect-elsewhere")
async def redirect_elsewhere(exchange: "Exchange", random: Random) -> None:
    await exchange.respond(302, b"", {"Location": f"{exchange.elsewhere}{exchange.target}"})


@fault("slow")
async def slow(exchange: "Exchange", random: Random) -> None:
    """Send the response in six parts."""
    exchange.apply()
    response = exchange.response_head(exchange.status, len(exchange.body)) + exchange.body
    step = len(response) // 6 + 1
    for start in range(0, len(response), step):
        await exchange.send(response[start : start + step])
        await asyncio.sleep(0.01)


@fault("drip-head")
async def drip_head(exchange: "Exchange", random: Random) -> None:
    exchange.apply()
    await exchange.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await exchange.send(b"X-Drip: x\r\n")
        await exchange.pause(0.05)


@fault("drip-body")
async def drip_body(exchange: "Exchange", random: Random) -> None:
    exchange.apply()
    await exchange.send(exchange.response_head(200, 1_000_000))
    while True:
        await exchange.send(b" ")
        await exchange.pause(0.05)


@fault("never")
async def never(exchange: "Exchange", random: Random) -> None:
    exchange.apply(random.random() < 0.5)
    await exchange.pause(3600)
