/** A Deployment by its name → what Kubernetes calls its pods. */
import { quoteRegex } from './monitoring/promql.ts';

/** Kubernetes cuts what it makes the name of a pod of here, and adds five characters. */
const LONGEST_PREFIX = 58;
/** Of the template, made from a number of 32 bits. */
const LONGEST_HASH = 10;
/** What Kubernetes writes for the ten digits of that number: so no hash reads `canary`, where the name is cut. */
const HASH_CHARACTERS = '[4-9bcdf]+';
const HASH = '5d4f8c7b9';
const RANDOM = 'x2x7q';

/** As a regular expression that is anchored at both ends. */
export function podPattern(deployment: string): string {
  const rest = LONGEST_PREFIX - `${deployment}-`.length;
  if (rest < 0) return `${quoteRegex(deployment.slice(0, LONGEST_PREFIX))}[0-9a-z]{5}`;
  const hash = rest > LONGEST_HASH ? `-${HASH_CHARACTERS}-` : rest === 0 ? '-' : `-${HASH_CHARACTERS}-?`;
  return `${quoteRegex(deployment)}${hash}[0-9a-z]{5}`;
}

/** One such name. */
export function examplePod(deployment: string): string {
  return `${`${deployment}-${HASH}-`.slice(0, LONGEST_PREFIX)}${RANDOM}`;
}
