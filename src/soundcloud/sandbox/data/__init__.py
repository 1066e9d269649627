"""The sandbox's data: database, storage, datasets and serializers."""
