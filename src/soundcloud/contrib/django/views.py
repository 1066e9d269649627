"""The views: login, callback, logout and me."""

import logging
import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings as site_settings
from django.contrib import auth
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from soundcloud import Me, SoundCloudClient
from soundcloud._sign_in import MAX_SIGN_INS, PROFILE, SIGN_IN_SECONDS, ErrorMessage, SignIn, local_path, read_code
from soundcloud.contrib.django.clients import client_for
from soundcloud.contrib.django.models import Account
from soundcloud.contrib.django.pages import SAFE_HEADERS, error_response, login_url, page, sign_in_response, wants_page
from soundcloud.contrib.django.settings import Settings, load
from soundcloud.contrib.django.stores import DjangoTokenStore
from soundcloud.errors import (
    InvalidClientError,
    InvalidGrantError,
    MissingTokenError,
    SignInError,
    SoundCloudError,
    TokenStoreError,
    UnauthorizedError,
    UnexpectedResponseError,
)
from soundcloud.pkce import generate_code_challenge, generate_code_verifier, generate_state

_SESSION_KEY = "soundcloud_sign_ins"
_DEFAULT_BACKEND = "django.contrib.auth.backends.ModelBackend"

logger = logging.getLogger("soundcloud.web")


@csrf_protect
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Redirect a user to SoundCloud; `next` is the path of this site to return to.

    A signed-in user is asked first, with a form: otherwise another site could connect its SoundCloud account to this user, and
    sign in with it.
    """
    settings = load()
    target = local_path(request.GET.get("next")) or settings.home
    user = request.user
    if user.is_authenticated and request.method == "GET" and not Account.objects.filter(user_id=user.pk).exists():
        sentence = f"You are signed in as {user}. Once it is connected, you can sign in with SoundCloud too"
        message = ErrorMessage(200, "Connect your SoundCloud account?", sentence)
        buttons = [("connect", "yes", "Connect")]
        return page(request, "connect", message, [("Cancel", settings.home)], action=login_url(target), buttons=buttons)
    verifier, state = generate_code_verifier(), generate_state()
    with SoundCloudClient(**settings.client_settings()) as client:
        url = client.auth.get_authorization_url(state=state, code_challenge=generate_code_challenge(verifier))
    pending = {**_pending(request), state: [verifier, target, time.time(), _user_id(request)]}
    newest = sorted(pending.items(), key=lambda item: float(item[1][2]))[-MAX_SIGN_INS:]
    request.session[_SESSION_KEY] = dict(newest)
    return HttpResponseRedirect(url, headers=SAFE_HEADERS)


@csrf_exempt  # SoundCloud may send the redirect as a form; the state protects it
@transaction.non_atomic_requests  # the tokens are stored before the user, on another connection
@require_http_methods(["GET", "POST"])
def callback(request: HttpRequest) -> HttpResponse:
    """Handle the redirect from SoundCloud: store the tokens and sign the user in."""
    if request.method == "POST":
        # Browsers send no SameSite=Lax cookies with a cross-site POST, but with the GET after this redirect.
        fields = [
            (name, value) for query in (request.GET, request.POST) for name, values in query.lists() for value in values
        ]
        url = f"{reverse('soundcloud:callback')}?{urlencode(fields)}"
        return HttpResponseRedirect(url, status=303, headers=SAFE_HEADERS)
    states = request.GET.getlist("state")
    pending = _pending(request)
    found = pending.pop(states[0], None) if len(states) == 1 else None
    if _SESSION_KEY in request.session:
        request.session[_SESSION_KEY] = pending
    sign_in = None if found is None else SignIn(*found[:3])
    try:
        code = read_code(
            request.META.get("QUERY_STRING", ""),
            states=states,
            errors=request.GET.getlist("error"),
            sign_in=sign_in,
            login_url=request.build_absolute_uri(login_url()),
        )
        assert found is not None  # noqa: S101 - read_code raises an error without a pending sign-in
        assert sign_in is not None  # noqa: S101 - see above
        if found[3] != _user_id(request):
            raise SignInError("another user has signed in to this site since the sign-in was started")
        _finish(request, code, sign_in)
    except SoundCloudError as error:
        again = [("Try again", login_url(None if sign_in is None else sign_in.target))]
        return error_response(request, error, quote=sign_in is not None, links=again)
    return HttpResponseRedirect(sign_in.target, headers=SAFE_HEADERS)


@csrf_protect
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """Ask whether to sign out, or sign the user out of this site; with `disconnect=yes` end the app's access to the account too.

    A sign-out keeps the tokens, for other browsers of the user and for background tasks. A disconnect deletes them.
    """
    settings = load()
    if request.method == "GET":
        if not request.user.is_authenticated:
            return page(
                request, "logout", ErrorMessage(200, "You are signed out"), [("To the start page", settings.home)]
            )
        buttons = [("logout", "yes", "Sign out")]
        if Account.objects.filter(user_id=request.user.pk).exists():
            buttons.append(("disconnect", "yes", "Sign out and end this site's access to your SoundCloud account"))
        links = [("Stay signed in", settings.home)]
        message = ErrorMessage(200, "Sign out?")
        return page(request, "logout", message, links, action=reverse("soundcloud:logout"), buttons=buttons)
    if request.POST.get("disconnect") == "yes" and request.user.is_authenticated:
        try:
            _disconnect(request.user)
        except SoundCloudError as error:
            return error_response(request, error, quote=True)
    auth.logout(request)
    if wants_page(request):
        return HttpResponseRedirect(settings.home, status=303, headers=SAFE_HEADERS)
    return HttpResponse(status=204, headers=SAFE_HEADERS)


@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Return the SoundCloud user and the CSRF token as JSON; 401 without a sign-in."""
    try:
        with client_for(request.user) as client:
            profile = client.me.get_me().raw
    except InvalidClientError as error:
        return error_response(request, error, quote=False)
    except (InvalidGrantError, MissingTokenError, UnauthorizedError):
        return sign_in_response(request)
    except SoundCloudError as error:
        return error_response(request, error, quote=False)
    user = {name: profile.get(name) for name in PROFILE}
    return JsonResponse({"user": user, "csrf_token": get_token(request)}, headers=SAFE_HEADERS)


def _user_id(request: HttpRequest) -> str:
    return str(request.user.pk) if request.user.is_authenticated else ""


def _pending(request: HttpRequest) -> dict[str, list[Any]]:
    """Return the pending sign-ins of this session by state: verifier, target, start and user."""
    pending: dict[str, list[Any]] = request.session.get(_SESSION_KEY, {})
    oldest = time.time() - SIGN_IN_SECONDS
    return {state: fields for state, fields in pending.items() if fields[2] > oldest}


def _finish(request: HttpRequest, code: str, sign_in: SignIn) -> None:
    """Exchange the code, store the tokens, and sign the user in under a new session id."""
    settings = load()
    with SoundCloudClient(**settings.client_settings()) as visitor:
        token = visitor.auth.get_user_token(code, sign_in.verifier)
        profile = visitor.me.get_me(token=token.access_token)
    urn = getattr(profile, "urn", None)
    if not urn:
        raise UnexpectedResponseError("SoundCloud returned a user without a URN")
    account = Account.objects.filter(urn=urn).select_related("user").first()
    _check_user(request, settings, account)
    # Before the site's own tables are written: SQLite has one writer, and the store may need a connection of its own.
    with SoundCloudClient(
        **settings.client_settings(), token_store=DjangoTokenStore(using=settings.database).for_user(urn)
    ) as client:
        client.set_token(token)
    user = _save(request, settings, account, profile)
    if request.user.is_authenticated:
        request.session.cycle_key()
    else:
        auth.login(request, user, backend=_backend())
    logger.info("%s signed in", urn)


def _check_user(request: HttpRequest, settings: Settings, account: Account | None) -> None:
    """Check that this user may have this SoundCloud account.

    Raises:
        SignInError: It may not.
    """
    if account is not None and not account.user.is_active:
        raise SignInError("your account of this site is disabled", hint="ask the operator of this site")
    if request.user.is_authenticated:
        if account is not None and account.user.pk != request.user.pk:
            what = "this SoundCloud account belongs to another user of this site"
            raise SignInError(what, hint="sign out of this site first, then sign in with SoundCloud")
        if account is None and Account.objects.filter(user_id=request.user.pk).exists():
            what = "you have connected another SoundCloud account to this site"
            raise SignInError(what, hint="sign out of soundcloud.com and sign in there with that account")
    elif account is None and settings.create_user is False:
        what = "this SoundCloud account is not connected to a user of this site"
        raise SignInError(what, hint="sign in to this site first, then connect it")


def _save(request: HttpRequest, settings: Settings, account: Account | None, profile: Me) -> Any:
    """Store the SoundCloud account of the user; create the user if there is none. Return the user."""
    name = (profile.username or profile.permalink or profile.urn)[:200]
    if account is not None:
        Account.objects.filter(pk=account.pk).update(username=name)
        return account.user
    try:
        with transaction.atomic():
            if request.user.is_authenticated:
                user: Any = request.user
            elif callable(settings.create_user):
                user = settings.create_user(request, profile)
            else:
                user = _create_user(profile)
            Account.objects.create(user_id=user.pk, urn=profile.urn, username=name)
    except IntegrityError:
        raise SignInError("another sign-in with this SoundCloud account ended at the same time") from None
    return user


def _create_user(profile: Me) -> Any:
    """Create a user of the site without a password, named like the SoundCloud profile."""
    model: Any = auth.get_user_model()
    field = model.USERNAME_FIELD
    longest = model._meta.get_field(field).max_length or 150
    number = profile.urn.rpartition(":")[2]
    name = (profile.permalink or number)[: longest - len(number) - 1]
    if model._default_manager.filter(**{f"{field}__iexact": name}).exists():
        name = f"{name}-{number}"
    user = model(**{field: name})
    user.set_unusable_password()
    user.save()
    return user


def _backend() -> str:
    """Return the authentication backend that loads the user in later requests."""
    backends: list[str] = list(site_settings.AUTHENTICATION_BACKENDS)
    model_backend = import_string(_DEFAULT_BACKEND)
    return next((each for each in backends if issubclass(import_string(each), model_backend)), backends[0])


def _disconnect(user: Any) -> None:
    """End the app's access to the user's SoundCloud account, and delete the tokens.

    A user without a password keeps the link to the account, which is the only way to sign in again.
    """
    settings = load()
    account = Account.objects.filter(user_id=user.pk).first()
    if account is None:
        return
    store = DjangoTokenStore(using=settings.database).for_user(account.urn)
    if store.get() is not None:
        with SoundCloudClient(**settings.client_settings(), token_store=store) as client:
            try:
                client.auth.disconnect()
            except TokenStoreError:
                raise
            except (InvalidGrantError, MissingTokenError):
                store.clear()  # the access has ended already
    if user.has_usable_password():
        account.delete()
