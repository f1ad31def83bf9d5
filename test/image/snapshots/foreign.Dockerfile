# fraud 1.0.0, written by mlserve 9.9.9. The context is complete: nothing is installed or downloaded here.
# Each folder below layers/ is one layer: what it holds lies in the image under the same path.

# Computes the digests of the models anew and compares them with the lock: an image with another model cannot be built.
# hadolint ignore=DL3029
FROM --platform=linux/amd64 node:24-bookworm-slim@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb AS verify
COPY layers/runtime/ layers/server/ /
USER 10001:10001
COPY layers/a@1.0.0/ /verified/a@1.0.0/
COPY layers/b@1.0.0/ /verified/b@1.0.0/
COPY layers/service/ /verified/service/
RUN ["node","/app/dist/io/server.js","verify","/verified","linux/arm64","linux/amd64"]

# What runs.
# hadolint ignore=DL3029
FROM --platform=linux/arm64 node:24-bookworm-slim@sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee AS runtime
# Onnxruntime for this platform.
COPY layers/runtime/ /
# The server.
COPY layers/server/ /
# Model a 1.0.0.
COPY --from=verify /verified/a@1.0.0/ /
# Model b 1.0.0.
COPY --from=verify /verified/b@1.0.0/ /
# Configuration, lock and SBOM.
COPY --from=verify /verified/service/ /
ENV NODE_ENV="production" \
    ORT_DISABLE_TELEMETRY="1" \
    MLSERVE_SERVER_HOST="0.0.0.0" \
    MODEL_NAME="a" \
    MODEL_VERSION="1.0.0" \
    MODEL_DIGEST="sha256:97ff8a35544dcf40ad84047074439dd6aa3a0be469ea578a1b1c017d939ec61c"
USER 10001:10001
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node","/app/dist/io/server.js","healthcheck","/models"]
ENTRYPOINT ["node","/app/dist/io/server.js"]
CMD ["serve","/models"]
LABEL dev.mlserve.lock.digest="sha256:0c030586945fe504b604ecc2e875c38ede400cd5cd73da9730302162e6b02c6f" \
      dev.mlserve.model.digest="sha256:97ff8a35544dcf40ad84047074439dd6aa3a0be469ea578a1b1c017d939ec61c" \
      dev.mlserve.model.graph-digest="sha256:170df6144b15bdf1dced878e45ebdb2dac95d0b1a3bc68459434bbbd88681157" \
      dev.mlserve.model.name="a" \
      dev.mlserve.model.signature="{\"defaultedInputs\":[],\"inputs\":[{\"elementType\":\"float32\",\"kind\":\"tensor\",\"name\":\"x\",\"shape\":[null,\"C\",4]}],\"outputs\":[{\"elementType\":\"int64\",\"kind\":\"tensor\",\"name\":\"y\",\"shape\":null},{\"description\":\"sequence(map(int64, float32))\",\"kind\":\"sequence\",\"name\":\"z\"}]}" \
      dev.mlserve.model.signature-digest="sha256:804d0a048703df86f58c83c1a62fb2db84d001d9e819bb06bad4435f7f239fd1" \
      dev.mlserve.model.version="1.0.0" \
      dev.mlserve.model.weights-digest="sha256:80146a6ba64808e741d6ef27081aeefeac46d98db6aa45b2889cc65319d2b600" \
      dev.mlserve.models="[{\"digests\":{\"graph\":\"sha256:170df6144b15bdf1dced878e45ebdb2dac95d0b1a3bc68459434bbbd88681157\",\"model\":\"sha256:97ff8a35544dcf40ad84047074439dd6aa3a0be469ea578a1b1c017d939ec61c\",\"signature\":\"sha256:804d0a048703df86f58c83c1a62fb2db84d001d9e819bb06bad4435f7f239fd1\",\"weights\":\"sha256:80146a6ba64808e741d6ef27081aeefeac46d98db6aa45b2889cc65319d2b600\"},\"name\":\"a\",\"version\":\"1.0.0\"},{\"digests\":{\"graph\":\"sha256:1d6e32c78a5bfe8b339408a38390f7828c3ca126664989cfe00703b135385402\",\"model\":\"sha256:5106cae5279c5aa02644277bab6f4bd74465924c33b5ec1f6b04796d74e6646f\",\"signature\":\"sha256:6dca49fe504a987d635e21407c7956852451cad0b594139f546d93e991f0ddd1\",\"weights\":\"sha256:ae03811b7774ec36d4bda728595ce2f605007a6fd0cf7353f8fbe0169873e084\"},\"name\":\"b\",\"version\":\"1.0.0\"}]" \
      dev.mlserve.openapi.digest="sha256:2d676fe19cda0e5804065c49908b2efddee7e9292fc98073010f7977f80272a3" \
      dev.mlserve.runtime="onnxruntime-node 1.30.0" \
      dev.mlserve.version="9.9.9" \
      org.opencontainers.image.base.digest="sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee" \
      org.opencontainers.image.base.name="node:24-bookworm-slim" \
      org.opencontainers.image.created="2023-11-14T22:13:20Z" \
      org.opencontainers.image.description="fraud 1.0.0: predictions of a 1.0.0, b 1.0.0, served by mlserve" \
      org.opencontainers.image.revision="cccccccccccccccccccccccccccccccccccccccc" \
      org.opencontainers.image.source="https://example.com/fraud.git" \
      org.opencontainers.image.title="fraud" \
      org.opencontainers.image.version="1.0.0"
