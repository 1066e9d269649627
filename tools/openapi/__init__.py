"""SoundCloud's OpenAPI document: fetched, parsed, corrected and normalised."""
