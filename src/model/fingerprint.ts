/** The identity of a model: four digests (docs/identity.md). Types only; `digests.ts` computes them. */

/** `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

export interface Fingerprint {
  /** Of the bytes of the model file and its external data. */
  readonly model: Digest;
  /** Of the canonical structure: operators, attributes, topology, opset imports. */
  readonly graph: Digest;
  /** Of the initializers in canonical order. */
  readonly weights: Digest;
  /** Of inputs and outputs. */
  readonly signature: Digest;
}
