"""The URLs of `sign_in_site.py`."""

from django.urls import include, path

from tests.compat import sign_in_site

framework = "allauth.urls" if sign_in_site.FRAMEWORK == "allauth" else "social_django.urls"
urlpatterns = [
    path("", sign_in_site.home),
    path("leave", sign_in_site.leave),
    path("accounts/", include(framework)),
]
