/** The result of `inspect` → text for people. Pure. */
import { renderIssues } from '../issue.ts';
import { plain } from '../model/rules/quote.ts';
import { plural } from '../plural.ts';
import type { InspectResult } from './inspect.ts';
import { needsLines, operatorLines, weightLines } from './inspect-sections.ts';
import { sizeText, textTable } from './text-table.ts';
import { valueLines } from './value-lines.ts';

export function renderInspect(result: InspectResult): string {
  const { inputs, defaultedInputs, outputs } = result.signature;
  const sections = [
    heading(result),
    section('inputs', valueLines(inputs)),
    section('inputs with a default', valueLines(defaultedInputs)),
    section('outputs', valueLines(outputs)),
    section(`needs, against ${result.runtime}`, needsLines(result)),
    section('weights', weightLines(result)),
    section(
      'data files',
      textTable(
        result.externalData.map(({ location, tensors, bytes }) => [
          plain(location, 80),
          plural(tensors, 'tensor'),
          sizeText(bytes),
        ]),
        [1, 2],
      ),
    ),
    section('operators', operatorLines(result)),
    section(
      'functions',
      textTable(
        result.functions.map(({ domain, name, nodes }) => [plain(`${domain}:${name}`, 80), plural(nodes, 'node')]),
      ),
    ),
    section('metadata', textTable(result.metadata.map(({ key, value }) => [plain(key, 40), plain(value, 100)]))),
    section('doc', result.docString === '' ? [] : [plain(result.docString.trim(), 300)]),
    section('digests', textTable(Object.entries(result.digests ?? {}))),
    result.issues.length === 0 ? '' : renderIssues(result.issues),
  ];
  return sections.filter((text) => text !== '').join('\n\n');
}

function heading({
  model,
  bytes,
  producer,
  producerVersion,
  domain,
  modelVersion,
  hasTrainingInfo,
}: InspectResult): string {
  const maker = [producer, producerVersion].filter((text) => text !== '').join(' ');
  const facts = [
    sizeText(bytes),
    maker === '' ? '' : `made by ${plain(maker, 80)}`,
    domain === '' ? '' : plain(domain, 80),
    modelVersion === 0n ? '' : `model version ${modelVersion}`,
    hasTrainingInfo ? 'holds training information' : '',
  ];
  return `${plain(model)}  ${facts.filter((text) => text !== '').join(' · ')}`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [title, ...lines.map((line) => `  ${line}`)].join('\n');
}
