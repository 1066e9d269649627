"""The sandbox's HTTP side: application, middleware, routing, request log and control API."""
