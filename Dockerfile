# Three images; each of them is a last stage:
#
#     docker build --build-arg SDK_IMAGE=... --target wait-for -t wait-for .              one static file
#     docker build --build-arg SDK_IMAGE=... --target wait-for-shell -t wait-for-shell .  with busybox: sh, and wait_for.sh in the PATH
#     docker build --build-arg SDK_IMAGE=... --target migrate -t migrate .                one static file, also as /bin/flyway
#
# SDK_IMAGE is an image with the .NET SDK 10 and apt: Microsoft's dotnet/sdk:10.0, or Debian or Ubuntu with the SDK; give it by its digest.
# --platform linux/amd64 or linux/arm64, or both. The build stage runs on the machine's own architecture, without emulation:
# amd64 builds both; arm64 builds arm64. Ubuntu has other servers for arm64 than for amd64: where SDK_IMAGE is Ubuntu, give
# --build-arg SYSROOT_URI=... (the address of its packages for arm64).
#
# The newest OpenSSL of the distribution is linked in. OPENSSL_VERSION is the version that the label names, and the build fails when
# another one was linked; --target sbom --output DIR gives that version (openssl-ARCHITECTURE), and an SPDX document of each program.
# The same commit on the same base gives the same layer: SOURCE_DATE_EPOCH (a commit's time, in seconds) is the time of the files.
ARG SDK_IMAGE
FROM --platform=$BUILDPLATFORM ${SDK_IMAGE} AS build
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      clang lld llvm cmake make libssl-dev zlib1g-dev busybox-static
WORKDIR /build
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src src
COPY docs/pattern-lint.md docs/
COPY tests/publish tests/sbom tests/sysroot tests/
COPY tests/image/files tests/image/
COPY tests/order tests/order
ARG TARGETARCH
ARG SYSROOT_URI
ARG SOURCE_DATE_EPOCH=0
RUN WAITFOR_SYSROOT_URI="${SYSROOT_URI}" tests/publish "${TARGETARCH}" \
 && WAITFOR_SYSROOT_URI="${SYSROOT_URI}" tests/image/files "${TARGETARCH}" /files

FROM scratch AS sbom
COPY --from=build /build/artifacts/sbom/ /

FROM build AS checked
ARG TARGETARCH
ARG OPENSSL_VERSION
RUN linked="$(cat "artifacts/sbom/openssl-${TARGETARCH}")" \
 && if [ "${OPENSSL_VERSION:-$linked}" != "$linked" ]; then \
      echo "OPENSSL_VERSION=${OPENSSL_VERSION}, but OpenSSL $linked is linked in" >&2; exit 1; \
    fi

FROM scratch AS wait-for
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG OPENSSL_VERSION=unknown
LABEL org.opencontainers.image.title="wait-for" \
      org.opencontainers.image.description="Waits until Kubernetes Jobs, pods or services are where they should be, and says why when they are not" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT" \
      waitfor.openssl="${OPENSSL_VERSION}"
COPY --from=checked /files/wait-for/wait-for /wait-for
USER 65532:65532
ENTRYPOINT ["/wait-for"]

FROM wait-for AS wait-for-shell
LABEL org.opencontainers.image.title="wait-for-shell" \
      org.opencontainers.image.licenses="MIT AND GPL-2.0-only" \
      waitfor.busybox="GPL-2.0-only; version and source: /usr/share/doc/busybox-static/source"
COPY --from=checked /files/shell/ /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

FROM scratch AS migrate
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG OPENSSL_VERSION=unknown
LABEL org.opencontainers.image.title="migrate" \
      org.opencontainers.image.description="Runs database migrations in a Kubernetes Job: lock, stamp, run, assert, record" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT" \
      waitfor.openssl="${OPENSSL_VERSION}"
# In one COPY: a file that is named twice stays one file in the layer.
COPY --from=checked /files/migrate/ /
USER 65532:65532
ENTRYPOINT ["/migrate"]
