"""The server of all candidates: nginx in a temporary folder on free ports.

It serves four lists of pages of 200 tracks (for any page size), one track under every id, and a token endpoint. The long list
repeats the pages of a short one with links that nginx substitutes.
"""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import trustme

from benchmarks.pages import page
from benchmarks.peer import UnavailableError

ROOT = Path(__file__).parents[1]
PER_PAGE = 200
PAGES = 50
DELAYED_PAGES = 15
LONG_PAGES = 5_000
FAR_PAGES = 50
DELAY = 0.05
DISTANCE = 0.08
TOKEN = {"access_token": "a" * 900, "expires_in": 3599, "refresh_token": "r", "scope": "", "token_type": "bearer"}

# All paths are in the temporary folder, so that nginx needs no privileges and leaves no files.
CONFIGURATION = """
worker_processes 1; daemon off; pid nginx.pid;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 10000000; sendfile on; tcp_nopush on;
  client_body_temp_path temporary; proxy_temp_path temporary; fastcgi_temp_path temporary;
  uwsgi_temp_path temporary; scgi_temp_path temporary;
  default_type application/json; charset utf-8; charset_types application/json;
  ssl_certificate certificate.pem; ssl_certificate_key key.pem;
  map_hash_max_size 32768;
  map $arg_cursor $page { default $arg_cursor; "" 0; }
  map $arg_cursor $repeated_page { $REPEATED }
  map $arg_cursor $link { $LINKS }
  $SERVERS
}
"""
SERVER = """
  server {
    listen 127.0.0.1:$PORT$TLS; root $LIST;
    location = /tracks { $TRACKS }
    location ~ ^/tracks/ { root .; try_files /track.json =404; }
    location = /oauth/token { return 200 '$TOKEN'; }
  }
"""
TRACKS = "try_files /$page.json =404;"
LONG_TRACKS = """
      # Large buffers: otherwise the response is sent in chunks of 32 kB, which dominate the result.
      output_buffers 2 1m; sub_filter '"@"' $link; sub_filter_types application/json;
      try_files /$repeated_page.json =404;
"""


@dataclass(frozen=True, slots=True)
class Server:
    """The URLs of the server.

    Attributes:
        direct: One track, and a list of 10,000 tracks.
        delayed: A list of 3,000 tracks with 50 ms of latency.
        long: A list of 1,000,000 tracks.
        far: One track, and a list of 10,000 tracks, over TLS with 80 ms of latency.
        authority: The certificate authority of `far`.
        version: The version of nginx.
    """

    direct: str
    delayed: str
    long: str
    far: str
    authority: Path
    version: str


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def serving() -> Generator[Server]:
    """Serve until the end of the block.

    Raises:
        UnavailableError: nginx is missing or does not start.
    """
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if nginx is None:
        raise UnavailableError("nginx is missing: on Debian and Ubuntu, apt-get install nginx-light")
    version = subprocess.run([nginx, "-v"], capture_output=True, text=True, check=True).stderr.strip().split("/")[-1]
    direct, late, long, tls = free_port(), free_port(), free_port(), free_port()
    with TemporaryDirectory() as name, relayed(late, DELAY) as delayed, relayed(tls, DISTANCE) as far:
        folder = Path(name)
        folder.chmod(0o755)  # started by root, nginx reads as another user
        (folder / "track.json").write_bytes(json.dumps(json.loads(page(1))["collection"][0]).encode())
        write_pages(folder / "direct", f"http://127.0.0.1:{direct}", PAGES)
        write_pages(folder / "delayed", f"http://127.0.0.1:{delayed}", DELAYED_PAGES)
        write_pages(folder / "long", None, PAGES)
        write_pages(folder / "far", f"https://127.0.0.1:{far}", FAR_PAGES)
        authority = trustme.CA()
        authority.cert_pem.write_to_path(folder / "authority.pem")
        certificate = authority.issue_cert("127.0.0.1")
        certificate.private_key_pem.write_to_path(folder / "key.pem")
        certificate.cert_chain_pems[0].write_to_path(folder / "certificate.pem")
        ports = {"direct": direct, "delayed": late, "long": long, "far": tls}
        (folder / "nginx.conf").write_text(configuration(ports))
        command = [nginx, "-p", name, "-e", "errors.log", "-c", "nginx.conf"]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            for port in ports.values():
                wait_for(port, process, folder / "errors.log")
            direct_url, delayed_url, long_url = (f"http://127.0.0.1:{port}" for port in (direct, delayed, long))
            far_url = f"https://127.0.0.1:{far}"
            yield Server(direct_url, delayed_url, long_url, far_url, folder / "authority.pem", version)
        finally:
            process.terminate()
            process.wait()


@contextmanager
def relayed(port: int, delay: float) -> Generator[int]:
    """Start the relay in front of a port and yield the relay's port."""
    command = [sys.executable, "-m", "benchmarks.relay", str(port), str(delay)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def write_pages(folder: Path, origin: str | None, pages: int) -> None:
    """Write a list; without an origin, with placeholders for the links."""
    folder.mkdir()
    for number in range(pages):
        link = f"{origin}/tracks?q=lofi&cursor={number + 1}" if number + 1 < pages else None
        content = page(PER_PAGE, number=number, next_href=link if origin else "@")
        (folder / f"{number}.json").write_bytes(content)


def configuration(ports: dict[str, int]) -> str:
    """Return the content of nginx.conf."""
    cursors = ['""', *range(1, LONG_PAGES)]
    repeated = " ".join(f"{cursor} {number % PAGES};" for number, cursor in enumerate(cursors))
    url = f"http://127.0.0.1:{ports['long']}/tracks?q=lofi&cursor="
    links = [f"""'"{url}{number}"'""" for number in range(1, LONG_PAGES)] + ["null"]
    servers = [
        SERVER.replace("$PORT", str(port))
        .replace("$TLS", " ssl http2" if name == "far" else "")
        .replace("$LIST", name)
        .replace("$TOKEN", json.dumps(TOKEN))
        .replace("$TRACKS", LONG_TRACKS if name == "long" else TRACKS)
        for name, port in ports.items()
    ]
    return (
        CONFIGURATION.replace("$REPEATED", repeated)
        .replace("$LINKS", " ".join(f"{cursor} {link};" for cursor, link in zip(cursors, links, strict=True)))
        .replace("$SERVERS", "".join(servers))
    )


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until nginx listens."""
    for _ in range(100):
        if process.poll() is not None:
            raise UnavailableError(f"nginx does not start: {log.read_text().strip() or process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise UnavailableError("nginx does not listen")
