# syntax=docker/dockerfile:1
# One image for every role: docker run IMAGE --role api | --role worker | --role sandbox

FROM node:24-bookworm-slim AS build
# binutils for strip; the certificates for TLS to Temporal.
RUN apt-get update \
  && apt-get install -y --no-install-recommends binutils ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-fund --no-audit
COPY . .
RUN npm run --silent build:binary \
  && mkdir /out \
  && find dist -name 'partner-platform-*' -perm -u+x -exec cp {} /out/partner-platform \; \
  && find dist -name 'partner-platform-*.cdx.json' -exec cp {} /out/sbom.cdx.json \; \
  && /out/partner-platform --version

# The executable contains Node, all packages and every file of the program.
FROM debian:12-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 ADMIN_PORT=9464 LOG_FORMAT=json
# A worker puts its native parts here. On a read-only root, mount a tmpfs with the option exec, as compose.yaml does.
ENV APP_CACHE_DIR=/var/cache/partner-platform
# Without it glibc keeps freed memory for each of the many threads of V8 and of the Temporal SDK's core.
ENV MALLOC_ARENA_MAX=2
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/sbom.cdx.json /usr/share/partner-platform/sbom.cdx.json
COPY --from=build /out/partner-platform /usr/local/bin/partner-platform
COPY docker-entrypoint.sh /usr/local/bin/
# A volume mounted at one of them takes over its owner, who has to be able to write.
RUN install --directory --owner=1000 --group=1000 --mode=0700 /data/sandbox /var/cache/partner-platform
USER 1000:1000
EXPOSE 3000 9464
STOPSIGNAL SIGTERM
# ADMIN_PORT is the same for every role here, so the role does not matter.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["partner-platform", "--role", "api", "--probe"]
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["--role", "api"]
