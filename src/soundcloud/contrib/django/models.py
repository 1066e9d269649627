"""The tables: tokens with their locks, and the SoundCloud accounts of the users."""

from django.conf import settings
from django.db import models


class StoredToken(models.Model):
    """A token with its lock. It is written by `DjangoTokenStore` only, and is not registered with the admin.

    A row whose token is None is the lock of a token in another table, see `soundcloud.contrib.django.stores`.
    """

    key = models.CharField(max_length=200, unique=True)
    token = models.TextField(null=True, editable=False)
    holder = models.CharField(max_length=32, default="", editable=False)
    held_until = models.DateTimeField(null=True, editable=False)
    taken = models.BigIntegerField(default=0, editable=False)
    written = models.BigIntegerField(default=0, editable=False)

    class Meta:
        """The name in Django's pages."""

        verbose_name = "SoundCloud token"

    def __str__(self) -> str:
        return str(self.key)


class Account(models.Model):
    """The SoundCloud account of a user of the site."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="soundcloud_account")
    urn = models.CharField(max_length=100, unique=True)
    username = models.CharField(max_length=200)

    class Meta:
        """The name in Django's pages."""

        verbose_name = "SoundCloud account"

    def __str__(self) -> str:
        return str(self.username)
