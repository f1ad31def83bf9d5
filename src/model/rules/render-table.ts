/** The table of rules → `docs/rules.md`. Pure; `npm run docs` writes the file, a test compares it. */
import { RULES, type RuleText } from './table.ts';

const HEAD = `# Rules

<!-- Generated from src/model/rules/table.ts by "npm run docs". Do not edit. -->

What \`mlserve validate\`, \`init\` and \`serve\` check of a model. MSV001 to MSV027 are read off the file, and no native code sees it; when none of them is an
error, the model is loaded and run once in a separate process, and MSV030 to MSV034 say what became of it. Errors end in exit code 1; warnings
and infos do not.

`;

const FOOT = `
## What the rules look at

- **Operators** (MSV004 to MSV006): operator sets and operators of onnxruntime 1.30.0, from its own schemas. A function defined in the model counts as an operator.
- **External data** (MSV007 to MSV010): the location is judged as text first; a place outside the model's folder is not even looked at. Then every folder on the
  way and the file itself must be what they seem: no symbolic link, no hard link, a regular file.
- **Memory** (MSV022): a floor, in bytes: weights, inputs and outputs at the largest batch (\`batching.maxRows\`), and the results of nodes whose size
  is written in the model (ConstantOfShape, Expand, Tile, Range, RandomNormal, RandomUniform, Resize, Upsample), none of them counted as freed. Free
  dimensions beyond the first count as 1. Sizes that only a run knows count nothing; the limit on the separate process catches those (MSV033).
- **Secrets** (MSV023): names of metadata keys, and values shaped like keys and tokens of well-known services, private keys, and passwords in URLs, in the first 100 000 characters of a text and 2 000 000 of a model. The value is never printed.
- **The run** (MSV030 to MSV034): one run with zeros, false or empty strings, free dimensions 1; when that fails, strings of "0" and free sizes of 64 and 512 that make at most 2^20 elements. The process has a
  cleared environment, and is killed when it overruns its time, its resident memory, or (on Linux) twice that in address space. Limits where none are
  declared: 3 s and 20 ms a MiB of the model; 2 GiB and three times the model.

Of one rule at most 20 findings are listed.
`;

export function renderRulesDoc(): string {
  const rows = Object.entries(RULES).map(([id, rule]) => section(id, rule));
  const table = Object.entries(RULES).map(
    ([id, { severity, title }]) => `| [${id}](#${id.toLowerCase()}) | ${severity} | ${title} |`,
  );
  return `${HEAD}| id | severity | finding |\n|---|---|---|\n${table.join('\n')}\n${FOOT}\n${rows.join('\n')}`;
}

function section(id: string, { severity, title, meaning, fix }: RuleText): string {
  return `## ${id}\n\n**${title}** (${severity}). ${meaning}\n\n*Fix*: ${fix}.\n`;
}
