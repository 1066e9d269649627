"""The URLs of the provider, which django-allauth looks for in this module."""

from allauth.socialaccount.providers.oauth2.urls import default_urlpatterns

from soundcloud.contrib.allauth.provider import SoundCloudProvider

urlpatterns = default_urlpatterns(SoundCloudProvider)
