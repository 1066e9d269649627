"""The Django app of the provider."""

from django.apps import AppConfig


class SoundCloudAllauthConfig(AppConfig):
    """The app of the provider for django-allauth."""

    name = "soundcloud.contrib.allauth"
    # The last part of the name is the label of django-allauth itself.
    label = "soundcloud_allauth"
    verbose_name = "SoundCloud"
