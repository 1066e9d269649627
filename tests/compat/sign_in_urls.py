"""The URLs of `sign_in_site.py`."""

from django.urls import include, path

from tests.compat import sign_in_site

modules = {"allauth": "allauth.urls", "social": "social_django.urls", "django": "soundcloud.contrib.django.urls"}
urlpatterns = [
    path("", sign_in_site.home),
    path("leave", sign_in_site.leave),
    path("accounts/", include(modules[sign_in_site.FRAMEWORK])),
]
