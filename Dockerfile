# The worker, the API and the command line in one small image.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X longstop/internal/program.version=${VERSION}" -o /out/ ./worker ./starter ./web

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home longstop
COPY --from=build /out/worker /out/starter /out/web /usr/local/bin/
USER longstop
# Metrics, /healthz and /readyz of the worker, and of the API; the API itself.
EXPOSE 9464 9465 8090
ENV LONGSTOP_METRICS_ADDRESS=0.0.0.0:9464 LONGSTOP_WEB_METRICS_ADDRESS=0.0.0.0:9465 LONGSTOP_WEB_ADDRESS=0.0.0.0:8090
ENTRYPOINT ["/usr/local/bin/worker"]
