# Potluck as an image: `docker build -t potluck .`, then
# `docker run -p 8000:8000 -v potluck-data:/data potluck`. compose.yaml adds PostgreSQL.

# The tools that build stay in this stage; what serves is copied out of it.
FROM python:3.12-slim AS build
WORKDIR /build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

# The locks alone, so that a change of the code does not install anything again. Every file is
# checked against the hash that the lock holds. The list of leaked passwords is 57 MB.
COPY requirements.lock requirements-breachlist.lock ./
RUN python -m venv /opt/potluck \
    && /opt/potluck/bin/pip install --require-hashes -r requirements.lock \
        -r requirements-breachlist.lock \
    && rm -r /opt/potluck/lib/python*/site-packages/pip*

# The two web fonts are made from packages, by tools that serve nothing.
COPY requirements-build.lock build_assets.py ./
RUN python -m venv /tmp/fonts \
    && /tmp/fonts/bin/pip install --require-hashes -r requirements-build.lock \
    && /tmp/fonts/bin/python build_assets.py

COPY potluck /build/app/potluck
RUN mkdir -p app/potluck/static/fonts \
    && cp potluck/static/fonts/* app/potluck/static/fonts/ \
    && python -m compileall -q app


FROM python:3.12-slim
# A number and not a name, so that an orchestrator can see that it is not root.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin potluck \
    && install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /opt/potluck /opt/potluck
# Owned by root: the process cannot change its own code.
COPY --from=build /build/app /app

# Everything that must survive lies in /data; the rest of the file system may be read-only.
ENV PATH=/opt/potluck/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    POTLUCK_DATA_DIR=/data \
    POTLUCK_SERVER__HOST=0.0.0.0 \
    POTLUCK_LOG__FORMAT=json
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 8000

# Ready, not merely alive: a container whose database is away or behind gets no traffic. Through
# python, because the image has no curl.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ.get(\"POTLUCK_SERVER__PORT\", 8000)}/health/ready', timeout=4)"]

# Python itself is process 1, so that SIGTERM reaches it and it can finish what runs.
ENTRYPOINT ["python", "-m", "potluck"]
CMD ["serve", "--migrate"]
