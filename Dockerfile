# syntax=docker/dockerfile:1

# Installs what production needs and builds the application. The lock file decides every version.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /srv/hinomi
COPY package.json package-lock.json .npmrc ./
COPY scripts ./scripts
COPY prisma ./prisma
COPY prisma.config.ts ./
RUN --mount=type=cache,target=/root/.npm node scripts/build.mjs --packages
COPY . .
RUN node scripts/build.mjs

FROM node:24.21.0-bookworm-slim
ENV HINOMI_HOST=0.0.0.0 \
    HINOMI_DATA_DIR=/var/lib/hinomi \
    NEXT_TELEMETRY_DISABLED=1 \
    PORT=3000
RUN install -d -o node -g node -m 700 /var/lib/hinomi
# Owned by root: the running product cannot change its own code.
COPY --from=build /srv/hinomi /srv/hinomi
# Caches of the web server and the locks of the launcher are all that is written beside the data.
RUN install -d -o node -g node /srv/hinomi/.hinomi-locks /srv/hinomi/.next/cache
WORKDIR /srv/hinomi
USER node
VOLUME /var/lib/hinomi
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=3m --retries=4 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/api/health').then(a => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "scripts/start.mjs"]
