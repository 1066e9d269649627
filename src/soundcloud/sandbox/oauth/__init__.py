"""The sandbox's OAuth 2.1 server: grants and the consent page."""
