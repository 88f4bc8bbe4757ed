# syntax=docker/dockerfile:1
# One image for every role: docker run IMAGE --role api | --role worker | --role sandbox

# Everything that the build needs, including the prebuilt workflow bundle.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-fund --no-audit
COPY . .
RUN node scripts/build.mjs

# The packages that the program needs at run time, without build tools.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-fund --no-audit

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 ADMIN_PORT=9464 LOG_FORMAT=json
# Without it glibc keeps freed memory for each of the many threads of V8 and of the Temporal SDK's core.
ENV MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
# The program reads openapi.yaml one folder above itself, and its workflows beside itself.
COPY package.json openapi.yaml docker-entrypoint.sh ./
COPY --from=build /app/dist ./dist
# A volume mounted here takes over this folder's owner, who has to be able to write.
RUN mkdir -p /data/sandbox && chown node:node /data/sandbox
USER node
EXPOSE 3000 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ADMIN_PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["./docker-entrypoint.sh"]
CMD ["--role", "api"]
