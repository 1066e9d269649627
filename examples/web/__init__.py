"""A web app with sign-in, search, likes, players and uploads with progress. Start it with `make example-web`."""
