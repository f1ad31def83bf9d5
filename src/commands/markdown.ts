/** Words and cells → Markdown as GitHub and GitLab read it. Pure; used by the renderers. */

/** Cells are Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Names out of model files: no markup, no mentions, no cells. */
export function text(words: string): string {
  return words.replace(/[\\`*_{}[\]<>#|~@]/g, (sign) => (sign === '@' ? '@\u200b' : `\\${sign}`));
}

/** As code in a line; what would end it or the cell becomes a question mark. */
export function code(words: string): string {
  return `\`${words.replace(/[`|\r\n]/g, '?')}\``;
}
