# syntax=docker/dockerfile:1
# One image for web, workers, dispatcher and migrations; `docker-compose.yml` says which one runs.
#
#   docker build -t netmend:cpu .
#   docker build -t netmend:gpu --build-arg DEVICE=gpu .
#
# The base is named by its tag; pin it by digest where every build has to give the same image.
ARG PYTHON=3.12

FROM python:${PYTHON}-slim-bookworm AS build
ARG DEVICE=cpu
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /netmend
RUN python -m venv venv
ENV PATH=/netmend/venv/bin:$PATH
# Nothing comes in that is not pinned by its hash; the libraries change less often than the code.
COPY requirements/${DEVICE}.txt requirements.txt
RUN pip install --no-deps --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY core core
COPY migrations migrations
COPY netmend netmend
COPY service service
COPY web web
COPY worker worker
RUN pip install --no-deps --no-build-isolation . \
    && python -m compileall -q venv/lib

FROM python:${PYTHON}-slim-bookworm
# A fixed number, so that volumes keep their owner from one image to the next.
RUN groupadd --gid 10001 netmend \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin netmend \
    && install --directory --owner netmend --group netmend --mode 0700 /var/lib/netmend
COPY --from=build /netmend/venv /netmend/venv
# "::" keeps HDF5 from loading plug-ins, which are code, from wherever the environment says.
ENV PATH=/netmend/venv/bin:$PATH \
    HDF5_PLUGIN_PRELOAD=:: \
    NETMEND_LOG_FORMAT=json \
    NETMEND_STATE_FOLDER=/var/lib/netmend \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/netmend
VOLUME /var/lib/netmend
EXPOSE 8400
STOPSIGNAL SIGTERM
CMD ["netmend", "web"]
