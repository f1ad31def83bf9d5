/** Names and values of labels, by the rules of Kubernetes: how long they may be and of which characters. */
import { createHash } from 'node:crypto';

/** DNS labels and values of labels. */
export const LONGEST = 63;

/** A semantic version as the value of a label, or the tag of an image: `1.4.0+abc` is written `1.4.0_abc`. */
export function labelValue(text: string): string {
  const plain = text.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^[^A-Za-z0-9]+/, '');
  return shortened(plain, LONGEST).replace(/[^A-Za-z0-9]+$/, '');
}

/** `fraud` → `fraud-client`; the middle of a name that grows too long becomes a hash, so that two names stay two. */
export function nameWith(name: string, suffix: string): string {
  return `${shortened(name, LONGEST - suffix.length - 1)}-${suffix}`;
}

/** Of a release of Helm; no object of the chart is named after it. */
export function releaseName(service: string): string {
  return shortened(service, 53);
}

/** The first 12 digits: enough for people, and for a label. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** `payment-fraud` → `PAYMENT_FRAUD`: the name of a variable. */
export function variableName(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
}

/** `a, b` → both; the spaces do not matter. */
export function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 6);
  return `${text.slice(0, longest - hash.length - 1).replace(/[^A-Za-z0-9]+$/, '')}-${hash}`;
}
