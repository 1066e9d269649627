import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StoredToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200, unique=True)),
                ("token", models.TextField(editable=False, null=True)),
                ("holder", models.CharField(default="", editable=False, max_length=32)),
                ("held_until", models.DateTimeField(editable=False, null=True)),
                ("taken", models.BigIntegerField(default=0, editable=False)),
                ("written", models.BigIntegerField(default=0, editable=False)),
            ],
            options={
                "verbose_name": "SoundCloud token",
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("urn", models.CharField(max_length=100, unique=True)),
                ("username", models.CharField(max_length=200)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="soundcloud_account",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "SoundCloud account",
            },
        ),
    ]
