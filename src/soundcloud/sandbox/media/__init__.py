"""The sandbox's media: audio, images, HLS, oEmbed and the player."""
