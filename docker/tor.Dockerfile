# tor from Debian, for the onion service (profile `onion` in docker-compose.yml).
FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends tor \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/*
COPY docker/torrc /etc/tor/torrc
# The service's keys are in this folder, and nobody else may enter it. An empty volume takes over who owns it.
USER debian-tor
VOLUME /var/lib/tor
ENTRYPOINT ["tor", "--defaults-torrc", "/dev/null", "-f", "/etc/tor/torrc"]
