# The sandbox as a container, see docs/sandbox-containers.md:
#     docker build -t soundcloud-sandbox . && docker run --rm -p 127.0.0.1:8700-8702:8700-8702 soundcloud-sandbox
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS build
WORKDIR /source
COPY requirements-image.txt pyproject.toml README.md LICENSE ./
COPY src src
COPY generated generated
# The hooks of the build, and a file that the wheel contains.
COPY tools/packaging tools/packaging
COPY tools/openapi.json tools/openapi.json
# The extra `web` is for the example app of compose.yaml.
RUN python -m venv --without-pip /opt/sandbox \
    && pip --python /opt/sandbox/bin/python install --no-cache-dir --constraint requirements-image.txt '.[sandbox,web]'

FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b
# .ci/push-image adds the version, the revision and the source.
LABEL org.opencontainers.image.title="soundcloud-sandbox" \
    org.opencontainers.image.description="A local SoundCloud to develop and test against" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.base.name="docker.io/library/python:3.13-slim"
COPY --from=build /opt/sandbox /opt/sandbox
RUN useradd --create-home --uid 10001 sandbox \
    && install --directory --owner=sandbox --group=sandbox /data
ENV PATH=/opt/sandbox/bin:$PATH PYTHONDONTWRITEBYTECODE=1
# A number, so that Kubernetes can check that it is not root.
USER 10001:10001
# For `--data /data/sandbox.db`.
VOLUME /data
# API, sign-in and media: URLs contain these ports, so publish the same numbers.
EXPOSE 8700 8701 8702
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8700/-/health', timeout=2)"]
# Requests from outside a container are not from its own machine, so the control API is open: publish the ports on 127.0.0.1 only.
ENTRYPOINT ["python", "-m", "soundcloud.sandbox", "--host", "0.0.0.0", "--open-control", "--port", "8700", "--auth-port", "8701", "--media-port", "8702"]
