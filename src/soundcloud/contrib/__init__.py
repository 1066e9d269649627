"""SoundCloud for Django sites, and for the sign-in frameworks django-allauth and python-social-auth.

Nothing here is imported by `soundcloud`. Each package needs the framework that it is named after.
"""
