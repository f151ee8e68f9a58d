# The worker and the command line in one small image.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X longstop/internal/program.version=${VERSION}" -o /out/ ./worker ./starter

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home longstop
COPY --from=build /out/worker /out/starter /usr/local/bin/
USER longstop
# Metrics, /healthz and /readyz.
EXPOSE 9464
ENV LONGSTOP_METRICS_ADDRESS=0.0.0.0:9464
ENTRYPOINT ["/usr/local/bin/worker"]
