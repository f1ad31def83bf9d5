/** The table of settings → the table in docs/config.md. Pure; `npm run docs` writes it there, a test compares it. */
import { environmentName, type Setting } from './settings.ts';
import { SETTINGS } from './settings-table.ts';

export const TABLE_START = '<!-- settings: written by "npm run docs" -->';
export const TABLE_END = '<!-- end of settings -->';

/** The document with the table between its two marks brought up to date. */
export function withSettingsTable(document: string): string {
  const start = document.indexOf(TABLE_START);
  const end = document.indexOf(TABLE_END);
  if (start < 0 || end < start) throw new Error('the document has no marks for the table of settings');
  return `${document.slice(0, start + TABLE_START.length)}\n${table()}\n${document.slice(end)}`;
}

function table(): string {
  const rows = SETTINGS.map((setting) => {
    const { path, description, perModel, platform } = setting;
    const variables = [environmentName(path), ...platform].map((name) => `\`${name}\``).join(', else ');
    return `| \`${path}\`${perModel ? ' *' : ''} | ${variables} | ${defaultText(setting)} | ${description} ${boundsText(setting)} |`;
  });
  return ['| setting | variable | default | what it does |', '|---|---|---|---|', ...rows].join('\n');
}

function defaultText({ kind, default: value }: Setting): string {
  if (value === '') return 'empty';
  return kind === 'bytes' && Number(value) > 0 ? `\`${value}\` (${Number(value) / 2 ** 20} MiB)` : `\`${value}\``;
}

function boundsText({ kind, min, max, choices }: Setting): string {
  if (kind === 'text' || kind === 'urlPath') return '';
  if (kind === 'port') return `\`off\`, or ${min} to ${max}.`;
  if (kind === 'choice') return `One of ${choices.map((choice) => `\`${choice}\``).join(', ')}.`;
  const unit = kind === 'duration' ? ' ms' : kind === 'bytes' ? ' bytes' : '';
  return `${min} to ${max}${unit}.`;
}
