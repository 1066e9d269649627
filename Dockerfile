# The sandbox as a container: docker build -t soundcloud-sandbox . && docker run --rm -p 127.0.0.1:8700-8702:8700-8702 soundcloud-sandbox
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY generated generated
# The hooks of the build.
COPY tools/packaging tools/packaging
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
LABEL org.opencontainers.image.title="soundcloud-sandbox" \
    org.opencontainers.image.description="A local SoundCloud to develop and test against" \
    org.opencontainers.image.licenses="MIT"
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir "$(echo /wheels/*.whl)[sandbox]" \
    && rm -r /wheels \
    && useradd --create-home --uid 10001 sandbox \
    && install --directory --owner=sandbox /data
USER sandbox
# For `--data /data/sandbox.db`.
VOLUME /data
# API, sign-in and media: URLs contain these ports, so publish the same numbers.
EXPOSE 8700 8701 8702
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8700/-/health', timeout=2)"]
# For other containers add `--public-host` with its host name on their network.
# To control it from outside (docs/sandbox-faults.md), add `--open-control`.
ENTRYPOINT ["python", "-m", "soundcloud.sandbox", "--host", "0.0.0.0", "--port", "8700", "--auth-port", "8701", "--media-port", "8702"]
