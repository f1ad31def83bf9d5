/** What an image says of itself → text for people. Pure. */
import { renderIssues } from '../issue.ts';
import type { Signature } from '../model/signature.ts';
import type { InspectImageResult } from './inspect-image.ts';
import { sizeText, textTable } from './text-table.ts';
import { valueLines } from './value-lines.ts';

export function renderInspectImage({ image, from, platform, digest, bytes, made, issues }: InspectImageResult): string {
  const head = [
    `${image} (${platform}, ${sizeText(bytes)}, from ${from})`,
    ...(digest === null ? [] : [`  ${digest}`]),
  ];
  if (made === null) return [...head, renderIssues(issues)].join('\n');
  const { inputs, outputs } = made.signature as unknown as Signature;
  const sections = [
    head,
    ['service', `  ${made.service.name} ${made.service.version}, lock ${made.lock}`],
    ...made.models.map(({ name, version, digests }) => [
      `model ${name} ${version}`,
      ...textTable(Object.entries(digests).map(([kind, value]) => [`  ${kind}`, value])),
    ]),
    ['inputs', ...valueLines(inputs).map((line) => `  ${line}`)],
    ['outputs', ...valueLines(outputs).map((line) => `  ${line}`)],
    [
      'made of',
      ...textTable([
        ['  mlserve', made.mlserve],
        ['  runtime', made.runtime],
      ]),
    ],
    ['labels', ...textTable(Object.entries(made.oci).map(([name, value]) => [`  ${name}`, value]))],
  ];
  return sections.map((lines) => lines.join('\n')).join('\n\n');
}
