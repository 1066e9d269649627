"""Retries a call: after transient failures, and once with a renewed token after a 401."""

from collections.abc import Callable
from random import random
from time import monotonic

from soundcloud._async.steps.base import AsyncCall, AsyncStep
from soundcloud._async.token_manager import AsyncTokenManager
from soundcloud._protocol import token_lifecycle
from soundcloud._protocol.error_mapping import error_from_response, retry_after_from
from soundcloud._protocol.http.messages import Request, Response
from soundcloud._protocol.retry import FailedAttempt, RateLimitPause, decide
from soundcloud._synchronization import async_sleep
from soundcloud.errors import RateLimitError, SoundCloudError
from soundcloud.options import Retry, retries_are_off


class AsyncRetryStep:
    """Runs the following step until it succeeds or a retry is pointless.

    Args:
        send: The following step.
        policy: The settings.
        token_manager: Renews a token that was refused.
        check_open: Raises if the client is closed.
        pause: The pause after a 429, shared by all calls of the client.
    """

    def __init__(
        self,
        send: AsyncStep,
        policy: Retry,
        token_manager: AsyncTokenManager,
        check_open: Callable[[Request], None],
        pause: RateLimitPause,
    ) -> None:
        self._send, self._policy, self._pause = send, policy, pause
        self._token_manager, self._check_open = token_manager, check_open

    async def __call__(self, call: AsyncCall) -> Response:
        """Return the first successful response.

        Raises:
            SoundCloudError: The last failure.
        """
        policy = Retry(max_retries=0) if retries_are_off() else self._policy
        request, started_at, attempt, renewed = call.request, monotonic(), 0, False
        while True:
            if self._pause.until:
                now, remaining = monotonic(), call.deadline.remaining()
                seconds = self._pause.seconds(policy, now=now, elapsed=now - started_at, remaining=remaining)
                if seconds:
                    await async_sleep(seconds)
            self._check_open(request)
            attempt += 1
            named: float | None = None  # seconds to wait that the response names
            try:
                response = await self._send(call)
            except SoundCloudError as failure:
                error = failure
            else:
                if response.status < 400:
                    return response
                time = self._token_manager.clock()
                error = error_from_response(response, now=time, request=request, token=call.token)
                named = error.retry_after if isinstance(error, RateLimitError) else retry_after_from(response, now=time)
                if response.status == 401 and call.token is not None and request.token is None:
                    new_token = None
                    if not renewed:
                        new_token = await self._token_manager.refresh_after_401(request, call.token, call.deadline)
                    if new_token is not None and request.repeatable:
                        call.token, renewed, attempt = new_token, True, attempt - 1
                        continue
                    if new_token is not None:
                        error = token_lifecycle.not_repeatable(error)
                    else:
                        error = self._token_manager.with_hint(error, request, renewed=renewed)
            error.retries = attempt - 1
            failed = FailedAttempt(error, request.method, bool(request.files), named, random())  # noqa: S311 - jitter
            decision = decide(policy, attempt, failed, monotonic() - started_at)
            remaining = call.deadline.remaining()
            if decision.wait is None or (remaining is not None and decision.wait >= remaining):
                raise error
            call.span.retrying(decision.wait, decision.reason, error)
            limited = isinstance(error, RateLimitError)
            del error  # it must not stay in this frame during the wait
            until = monotonic() + decision.wait
            if limited:
                self._pause.extend(until)
            await async_sleep(decision.wait)
            self._pause.end(until)
