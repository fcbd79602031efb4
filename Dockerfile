# Interlock in a small image: built with the development tools, shipped without them, run by a user
# without rights on a root that can be read-only. docs/deploy.md shows how to run it.
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
COPY rules ./rules
RUN npm run --silent build && npm prune --omit=dev

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /opt/interlock
RUN groupadd --gid 10001 interlock \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin interlock \
 && install --directory --owner=interlock --group=interlock --mode=0700 /var/lib/interlock /run/interlock
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY --from=build /build/rules ./rules
COPY LICENSE README.md CHANGELOG.md ./
USER interlock
VOLUME ["/var/lib/interlock"]
EXPOSE 3307 3308 9707
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9707/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/opt/interlock/dist/main.js"]
CMD ["run", "--config", "/etc/interlock/interlock.yaml"]
