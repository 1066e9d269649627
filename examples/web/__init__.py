"""A web app: sign in with SoundCloud, see your likes, upload with progress, sign out. `make example-web` starts it."""
