"""HTTP messages without I/O: requests, responses, URLs, HTTP/1.1 and multipart forms."""
