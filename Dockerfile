# One image for every part: `inbox run` (one process), `inbox web`, `inbox worker`, `inbox migrate`.

FROM node:22-bookworm-slim AS frontend
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM python:3.11-slim-bookworm AS wheel
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.lock ./
COPY scripts/ scripts/
RUN python -m venv /opt/inbox \
    && /opt/inbox/bin/pip install --require-hashes -r requirements.lock \
    && pip install --require-hashes -r scripts/build.lock
COPY pyproject.toml README.md LICENSE ./
COPY inbox/ inbox/
COPY connectors/ connectors/
COPY migrations/ migrations/
COPY --from=frontend /build/frontend/dist/ frontend/dist/
RUN python -m hatchling build -t wheel \
    && /opt/inbox/bin/pip install --no-deps --no-index dist/*.whl

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --create-home inbox
COPY --from=wheel /opt/inbox /opt/inbox
ENV PATH=/opt/inbox/bin:$PATH PYTHONUNBUFFERED=1 \
    INBOX_HOST=0.0.0.0 INBOX_PORT=8000 INBOX_DATA_DIR=/data INBOX_LOG_FORMAT=json
USER inbox
WORKDIR /data
VOLUME /data
EXPOSE 8000
# Says ready, so that a balancer waits for migrations and for the stores.
HEALTHCHECK --interval=10s --timeout=3s --start-period=300s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["inbox"]
CMD ["run"]
