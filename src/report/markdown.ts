/** Words and cells → Markdown as GitHub and GitLab read it. */
import { visible } from '../visible.ts';

/** Cells are Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Names out of files stay text: no markup, no HTML, no mentions, no end of a cell. */
export function text(words: string): string {
  return visible(words).replace(/[\\`*_{}[\]<>|#&!~$@]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** As code in a line; what would end it or the cell becomes a question mark. */
export function code(words: string): string {
  return `\`${words.replace(/[`|\r\n]/g, '?')}\``;
}
