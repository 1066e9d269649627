"""A web app: sign in with SoundCloud, search, like, listen, upload with progress, sign out.

make example-web
"""
