/** Text out of a model file → text that is safe in a message: quoted, short, control characters escaped. */
import { visible } from '../../visible.ts';

const LONGEST = 80;

/** `name` as `"name"`, at most 80 characters of it. */
export function quote(text: string): string {
  return `"${plain(text, LONGEST).replaceAll('"', '\\"')}"`;
}

/** The same escaping without quotes, for messages of the runtime. */
export function plain(text: string, longest = 500): string {
  return visible(text.length > longest ? `${text.slice(0, longest)}…` : text);
}
