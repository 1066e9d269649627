"""The Django app."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from soundcloud.contrib.django.settings import NAME, check


class SoundCloudConfig(AppConfig):
    """The app of the sign-in views and of the tokens."""

    name = "soundcloud.contrib.django"
    # The last part of the name, and `soundcloud`, are labels of other apps: django-allauth's provider has the second one.
    label = "soundcloud_django"
    verbose_name = "SoundCloud"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the check of the settings."""
        checks.register(check_settings)


def check_settings(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[checks.CheckMessage]:  # noqa: ARG001 - Django's protocol
    """Check the setting `SOUNDCLOUD`, if there is one: the token store alone does not need it."""
    if hasattr(settings, NAME):
        try:
            check()
        except ImproperlyConfigured as error:
            return [checks.Error(str(error), id="soundcloud.E001")]
    return []
