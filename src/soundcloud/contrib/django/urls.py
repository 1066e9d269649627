"""The URLs of the views: `path("soundcloud/", include("soundcloud.contrib.django.urls"))`."""

from django.urls import path

from soundcloud.contrib.django import views
from soundcloud.contrib.django.settings import check

check()  # a wrong setting fails at the start, not at the first sign-in

app_name = "soundcloud"
urlpatterns = [
    path("login", views.login, name="login"),
    path("callback", views.callback, name="callback"),
    path("logout", views.logout, name="logout"),
    path("me", views.me, name="me"),
]
