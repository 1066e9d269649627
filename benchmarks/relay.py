"""A wire that is late: `python -m benchmarks.relay PORT SECONDS` passes every request on to PORT after a delay.

It prints its own port. nginx cannot be late by itself, and a delay in a client would not be the same for all.
"""

import asyncio
import sys

PIECE = 1 << 18


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Copy until the sender closes. A GET arrives in one piece, so a delayed piece is a delayed request."""
    try:
        while piece := await reader.read(PIECE):
            if delay:
                await asyncio.sleep(delay)
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        pass  # the other side was faster to close
    finally:
        writer.close()


async def main(port: int, delay: float) -> None:
    """Serve until the process is ended."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        replies, requests = await asyncio.open_connection("127.0.0.1", port, limit=PIECE)
        await asyncio.gather(pass_on(reader, requests, delay), pass_on(replies, writer, 0))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
