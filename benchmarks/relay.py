"""A relay with latency: `python -m benchmarks.relay PORT SECONDS` forwards each request to PORT after a delay.

It prints its own port. nginx has no delay option, and a delay in the clients would not be the same for all.
"""

import asyncio
import sys

CHUNK = 1 << 18


async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Copy until the sender closes. A GET arrives in one chunk, so that a delayed chunk is a delayed request."""
    try:
        while chunk := await reader.read(CHUNK):
            if delay:
                await asyncio.sleep(delay)
            writer.write(chunk)
            await writer.drain()
    except ConnectionError:
        pass  # the other side closed first
    finally:
        writer.close()


async def main(port: int, delay: float) -> None:
    """Serve until the process is terminated."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        responses, requests = await asyncio.open_connection("127.0.0.1", port, limit=CHUNK)
        await asyncio.gather(forward(reader, requests, delay), forward(responses, writer, 0))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
