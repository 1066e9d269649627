"""The namespaces of the client, a file each."""
