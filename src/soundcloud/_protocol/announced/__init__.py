"""What SoundCloud has announced and its document does not have yet: entries, operations, and the model of a station."""
