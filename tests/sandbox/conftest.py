"""A sandbox that is reset before each test, and plain httpx clients for it."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from soundcloud.sandbox import Sandbox


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox(processing_seconds=0) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def sign_in(sandbox: Sandbox) -> Iterator[Callable[..., httpx.Client]]:
    clients: list[httpx.Client] = []

    def make_client(username: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"OAuth {sandbox.user_token(username)}"}
        clients.append(httpx.Client(base_url=sandbox.api_url, headers=headers, trust_env=False, verify=False))
        return clients[-1]

    yield make_client
    for client in clients:
        client.close()


@pytest.fixture
def ada(sign_in: Callable[..., httpx.Client]) -> httpx.Client:
    return sign_in()


@pytest.fixture
def marlow(sign_in: Callable[..., httpx.Client]) -> httpx.Client:
    return sign_in("marlow-finch")


@pytest.fixture
def app_client(sandbox: Sandbox, auth: httpx.Client) -> Iterator[httpx.Client]:
    response = auth.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(sandbox.client_id, sandbox.client_secret),
    )
    headers = {"Authorization": f"Bearer {response.json()['access_token']}"}
    with httpx.Client(base_url=sandbox.api_url, headers=headers, trust_env=False, verify=False) as client:
        yield client


@pytest.fixture
def auth(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.auth_url, trust_env=False, verify=False) as client:
        yield client


@pytest.fixture
def anonymous(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, verify=False) as client:
        yield client


@pytest.fixture
def track(ada: httpx.Client) -> dict:
    """A public track of another user."""
    found = ada.get("/tracks", params={"q": "lofi", "access": "playable"}).json()
    own = ada.get("/me").json()["id"]
    return next(item for item in found if item["user"]["id"] != own and item["commentable"] and item["reveal_stats"])


@pytest.fixture
def private_track(ada: httpx.Client) -> dict:
    """A private track of the signed-in user."""
    tracks = ada.get("/me/tracks", params={"limit": 200}).json()
    return next(track for track in tracks if track["sharing"] == "private")


@pytest.fixture
def find_track(ada: httpx.Client) -> Callable[[str], dict]:
    """Return a function that finds another user's track with an access level."""

    def find(access: str) -> dict:
        own = ada.get("/me").json()["id"]
        found = ada.get("/tracks", params={"access": access, "limit": 200}).json()
        return next(item for item in found if item["user"]["id"] != own)

    return find


@pytest.fixture
def fetch_pages() -> Callable[..., list[dict]]:
    """Follow `next_href` to the end and return all pages."""

    def fetch(client: httpx.Client, path: str, **params: object) -> list[dict]:
        page = client.get(path, params={"linked_partitioning": "true", **params}).json()
        found = [page]
        while page.get("next_href"):
            page = client.get(page["next_href"]).json()
            found.append(page)
            assert len(found) < 100
        return found

    return fetch
