# syntax=docker/dockerfile:1

FROM grafana/k6:2.2.0 AS k6

FROM node:20-slim
ENV NODE_ENV=production K6_BIN=/usr/local/bin/k6
WORKDIR /opt/assay
COPY --from=k6 /usr/bin/k6 /usr/local/bin/k6
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force
COPY core core
COPY harness harness
COPY conformance conformance
COPY fuzz fuzz
COPY scenarios scenarios
COPY reference-server reference-server
COPY cli cli
USER node
# Reports and state are written to where a run is started: mount a folder there to keep them.
WORKDIR /tmp/assay
ENTRYPOINT ["node", "/opt/assay/cli/assay.js"]
