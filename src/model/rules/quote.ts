/** Text out of a model file → text that is safe in a message: quoted, short, control characters escaped. */

const LONGEST = 80;
// C0, DEL, C1, and the bidirectional and zero-width characters that rearrange or hide text on a terminal.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** `name` as `"name"`, at most 80 characters of it. */
export function quote(text: string): string {
  return `"${plain(text, LONGEST).replaceAll('"', '\\"')}"`;
}

/** The same escaping without quotes, for messages of the runtime. */
export function plain(text: string, longest = 500): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
