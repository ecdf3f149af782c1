# Everything comes from the hashed lock; the image has no compiler, no shell history, no user but its own.
FROM python:3.13-slim AS builder
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/vigie
COPY requirements requirements
RUN /opt/vigie/bin/pip install --quiet --require-hashes -r requirements/run.txt
# What builds Vigie is hashed too, and stays out of the image.
RUN /opt/vigie/bin/pip install --quiet --require-hashes --target /opt/build -r requirements/build.txt
COPY . .
RUN PYTHONPATH=/opt/build /opt/vigie/bin/pip install --quiet --no-deps --no-index --no-build-isolation . && mkdir /empty

FROM python:3.13-slim
COPY --from=builder /opt/vigie /opt/vigie
# A new volume takes over this folder's owner, which has a number and no name: nothing here needs one.
COPY --from=builder --chown=10001:10001 /empty /data
ENV PATH=/opt/vigie/bin:$PATH PYTHONUNBUFFERED=1 VIGIE_DATA=/data XDG_CACHE_HOME=/data/cache VIGIE_LOG__FORMAT=json
# Inside the container only: until Vigie knows users, nothing but the health check may talk to it.
ENV VIGIE_WEB__HOST=127.0.0.1 VIGIE_WEB__PORT=8765
USER 10001:10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD python -c "import urllib.request as r; r.build_opener(r.ProxyHandler({})).open('http://127.0.0.1:$VIGIE_WEB__PORT/readyz', timeout=4)"
ENTRYPOINT ["vigie"]
CMD ["run", "--data", "/data"]
