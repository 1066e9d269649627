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
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

FAULTS = {}
BOMB = gzip.compress(bytes(8_000_000), 9)
HTML, TEXT = {"Content-Type": "text/html"}, {"Content-Type": "text/plain"}


def fault(name):
    """Register a fault: an async function of an `Exchange` and a `Random`."""

    def register(function):
        FAULTS[name] = function
        return function

    return register


def fixed_response(name, status, body, headers=None, *, may_apply=False):
    """Register a fault that always sends the same response; with `may_apply` it applies half of the writes."""

    async def respond(exchange, random):
        exchange.apply(may_apply and random.random() < 0.5)
        await exchange.respond(status, body, headers)

    FAULTS[name] = respond


ZERO_LIMITS = {"x-ratelimit-limit": "-1", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "0"}
SPAM = b'{"errors": [{"error_message": "spam"}], "spam_warning_urn": "soundcloud:spam-warnings:1"}'
BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1>Request ID: abcdefgh12345678</body>"
MESH = b"upstream connect error or disconnect/reset before headers. reset reason: connection failure"
ERROR = b'{"code": 500, "message": "not today", "status": "", "errors": [{"error_message": "not today"}]}'

fixed_response("429-bare", 429, b'{"error": "Rate Limit Exceeded"}', ZERO_LIMITS)
fixed_response("429-spam", 429, SPAM, {"Retry-After": "0"})
fixed_response("5xx-html", 502, BAD_GATEWAY, HTML, may_apply=True)
fixed_response("5xx-text", 503, MESH, TEXT)
fixed_response("5xx-empty", 504, b"", may_apply=True)
fixed_response("404-text", 404, b"default backend - 404", TEXT)
fixed_response("html-200", 200, b"<!DOCTYPE html><html><title>Please stand by</title></html>", HTML)
fixed_response("error-200", 200, ERROR)


def rate_limit_body(reset):
    """Return the body of a 429 that describes the limit."""
    rate_limit = {"group": "plays", "max_nr_of_requests": 15000, "time_window": "PT24H", "name": "plays"}
    meta = {"rate_limit": rate_limit, "remaining_requests": 0, "reset_time": reset.strftime("%Y/%m/%d %H:%M:%S +0000")}
    return json.dumps({"errors": [{"meta": meta}]}).encode()


@fault("429-seconds")
async def rate_limit_with_seconds(exchange, random):
    seconds = random.choice(["0", "30"])
    body = {"code": 429, "message": "slow down", "status": "429 - Too Many Requests", "errors": [], "link": "https://d"}
    await exchange.respond(429, json.dumps(body).encode(), {"Retry-After": seconds})


@fault("429-date")
async def rate_limit_with_date(exchange, random):
    now = datetime.now(UTC)
    until = now + random.choice([timedelta(0), timedelta(hours=1)])
    headers = {"Date": format_datetime(now, usegmt=True), "Retry-After": format_datetime(until, usegmt=True)}
    await exchange.respond(429, b"", headers)


@fault("429-reset-time")
async def rate_limit_with_reset_time(exchange, random):
    await exchange.respond(429, rate_limit_body(datetime.now(UTC) + random.choice([timedelta(0), timedelta(hours=3)])))


@fault("5xx-json")
async def json_error(exchange, random):
    exchange.apply(random.random() < 0.5)
    body = {"code": 500, "message": "", "status": "500 - Internal Server Error", "errors": [], "error": None}
    await exchange.respond(random.choice([500, 501, 503]), json.dumps(body).encode())


@fault("reset-before")
async def reset_before(exchange, random):
    exchange.reset()


@fault("reset-unanswered")
async def reset_unanswered(exchange, random):
    exchange.apply()
    if random.random() < 0.5:
        exchange.reset()
    else:
        exchange.close()


@fault("reset-in-head")
async def reset_in_head(exchange, random):
    exchange.apply()
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Ty")
    exchange.reset()


@fault("reset-in-body")
async def reset_in_body(exchange, random):
    exchange.apply()
    await exchange.send(exchange.response_head(200, 5000) + b'{"title": "ni')
    exchange.reset()


@fault("reset-after")
async def reset_after(exchange, random):
    await exchange.respond_normally()
    exchange.reset()


@fault("close-after")
async def close_after(exchange, random):
    """Close the connection after a response that did not announce it."""
    await exchange.respond_normally()
    exchange.close()


@fault("truncated-right-length")
async def truncated_json(exchange, random):
    exchange.apply()
    body = exchange.body or b'{"done": true}'
    await exchange.respond(exchange.status, body[: len(body) // 2])


@fault("truncated-wrong-length")
async def truncated_body(exchange, random):
    exchange.apply()
    body = exchange.body or b'{"done": true}'
    await exchange.send(exchange.response_head(200, len(body)) + body[: len(body) // 2])
    exchange.close()


@fault("wrong-type")
async def wrong_type(exchange, random):
    exchange.apply()
    kind = random.choice(["text/html", "image/png", "", "application/json; charset=utf-16"])
    await exchange.respond(exchange.status, exchange.body, {"Content-Type": kind})


@fault("garbage")
async def garbage(exchange, random):
    exchange.apply()
    await exchange.send(random.choice([b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/9.9 two hundred\r\n\r\n", bytes(200)]))
    exchange.close()


@fault("huge-head")
async def huge_head(exchange, random):
    exchange.apply()
    await exchange.respond(exchange.status, exchange.body, {"X-Long": "x" * 300_000})


@fault("gzip-corrupt")
async def corrupt_gzip(exchange, random):
    exchange.apply()
    body = bytearray(gzip.compress(exchange.body * 20 or b"{}"))
    start = random.randrange(len(body))
    body[start : start + 10] = bytes(255 - byte for byte in body[start : start + 10])
    await exchange.respond(200, bytes(body), {"Content-Encoding": "gzip"})


@fault("gzip-truncated")
async def truncated_gzip(exchange, random):
    exchange.apply()
    body = gzip.compress(exchange.body or b'{"done": true}')
    await exchange.respond(200, body[: random.randrange(1, len(body))], {"Content-Encoding": "gzip"})


@fault("gzip-bomb")
async def gzip_bomb(exchange, random):
    exchange.apply()
    await exchange.respond(200, BOMB, {"Content-Encoding": "gzip"})


@fault("gzip-endless-tail")
async def endless_tail_after_gzip(exchange, random):
    """Send bytes without end after the compressed data."""
    exchange.apply()
    await exchange.send(exchange.response_head(200, None, {"Content-Encoding": "gzip"}) + gzip.compress(exchange.body))
    while True:
        await exchange.send(bytes(60_000))


@fault("unknown-encoding")
async def unknown_encoding(exchange, random):
    exchange.apply()
    await exchange.respond(200, exchange.body, {"Content-Encoding": "br"})


@fault("chunked-wrong")
async def wrong_chunks(exchange, random):
    exchange.apply()
    head = exchange.response_head(200, None, {"Transfer-Encoding": "chunked"})
    await exchange.send(
        head + random.choice([b"zz\r\n{}\r\n0\r\n\r\n", b"-5\r\n{}\r\n", b"2\r\n{}x\r\n0\r\n\r\n", b"\r\n"])
    )
    exchange.close()


@fault("chunked-cut")
async def truncated_chunks(exchange, random):
    exchange.apply()
    head = exchange.response_head(200, None, {"Transfer-Encoding": "chunked"})
    await exchange.send(head + b"%x\r\n%b\r\n" % (len(exchange.body), exchange.body) if exchange.body else head)
    exchange.close()


@fault("redirect-loop")
async def redirect_loop(exchange, random):
    await exchange.respond(random.choice([301, 302, 307]), b"", {"Location": exchange.target})


@fault("redirect-elsewhere")
async def redirect_elsewhere(exchange, random):
    await exchange.respond(302, b"", {"Location": f"{exchange.elsewhere}{exchange.target}"})


@fault("slow")
async def slow(exchange, random):
    """Send the response in six parts."""
    exchange.apply()
    response = exchange.response_head(exchange.status, len(exchange.body)) + exchange.body
    step = len(response) // 6 + 1
    for start in range(0, len(response), step):
        await exchange.send(response[start : start + step])
        await asyncio.sleep(0.01)


@fault("drip-head")
async def drip_head(exchange, random):
    exchange.apply()
    await exchange.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await exchange.send(b"X-Drip: x\r\n")
        await exchange.pause(0.05)


@fault("drip-body")
async def drip_body(exchange, random):
    exchange.apply()
    await exchange.send(exchange.response_head(200, 1_000_000))
    while True:
        await exchange.send(b" ")
        await exchange.pause(0.05)


@fault("never")
async def never(exchange, random):
    exchange.apply(random.random() < 0.5)
    await exchange.pause(3600)
