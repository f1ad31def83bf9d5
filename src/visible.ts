/** Text out of a file → the same text with every character that would act on a terminal, or hide there, spelled out. Pure. */

// C0, DEL, C1, and the bidirectional and zero-width characters that rearrange or hide text on a terminal.
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** One line: line ends are spelled out too. The escapes are JSON's, so that inside a JSON string the meaning stays. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same, line by line. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
