# Two images of one static file each; each of them is a last stage:
#
#     docker build --build-arg SDK_IMAGE=... --target wait-for -t wait-for .
#     docker build --build-arg SDK_IMAGE=... --target migrate -t migrate .
#
# SDK_IMAGE is an image with the .NET SDK 10 and apt: Microsoft's dotnet/sdk:10.0, or Debian or Ubuntu with the SDK; give it by its digest.
# Each architecture is built on a machine of its own kind, or under emulation: the static link takes that platform's libraries.
# The same commit on the same base gives the same layer: SOURCE_DATE_EPOCH (a commit's time, in seconds) is the time of the one file.
ARG SDK_IMAGE
FROM ${SDK_IMAGE} AS build
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends clang lld cmake make libssl-dev zlib1g-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src src
COPY tests/publish tests/publish
ARG TARGETARCH
RUN tests/publish "${TARGETARCH}"
ARG SOURCE_DATE_EPOCH=0
RUN touch --date="@${SOURCE_DATE_EPOCH}" artifacts/bin/*

FROM scratch AS wait-for
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="wait-for" \
      org.opencontainers.image.description="Waits until Kubernetes Jobs, pods or services are where they should be, and says why when they are not" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /build/artifacts/bin/wait-for /wait-for
USER 65532:65532
ENTRYPOINT ["/wait-for"]

FROM scratch AS migrate
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="migrate" \
      org.opencontainers.image.description="Runs database migrations in a Kubernetes Job: lock, stamp, run, assert, record" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /build/artifacts/bin/migrate /migrate
USER 65532:65532
ENTRYPOINT ["/migrate"]
