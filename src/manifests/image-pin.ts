/** The name of an image as people write it → the image, pinned; or why it is not. */
import type { Digest } from '../model/fingerprint.ts';
import type { PinnedImage } from './deployment-facts.ts';
import { labelValue } from './names.ts';

/** By the grammar of the distribution specification, for nodes refuse any other name. */
const HOST = String.raw`(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?`;
const PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const TAG = '[A-Za-z0-9_][A-Za-z0-9._-]{0,127}';
/** Registry, port and repository; then a tag, then the digest. */
const REFERENCE = new RegExp(`^((?:${HOST}/)?${PART}(?:/${PART})*)(?::(${TAG}))?@(sha256:[0-9a-f]{64})$`);

/** A name without a tag gets that of the version. Undefined when it is no name, or not by digest. */
export function readPin(text: string, version: string): PinnedImage | undefined {
  const [, name, tag, digest] = REFERENCE.exec(text) ?? [];
  if (name === undefined || digest === undefined) return undefined;
  return { name, tag: tag ?? labelValue(version), digest: digest as Digest };
}
