"""The TLS settings of the client's own connections."""

import os
import ssl


def create_ssl_context() -> ssl.SSLContext:
    """Create a context that trusts certifi's certificates, or those of `SSL_CERT_FILE` or `SSL_CERT_DIR`, as httpx does."""
    cafile, capath = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if not cafile and not capath:
        import certifi

        cafile = certifi.where()
    context = ssl.create_default_context(cafile=cafile or None, capath=None if cafile else capath)
    context.set_alpn_protocols(["http/1.1"])
    return context
