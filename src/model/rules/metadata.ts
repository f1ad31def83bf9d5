/** Rules on what travels with the model: MSV023 secrets, MSV024 file size, MSV025 training information. */
import type { Issue } from '../../issue.ts';
import { at, type RuleContext } from './context.ts';
import { finding } from './table.ts';

/** Protobuf's own limit on one message (onnx checker.MAXIMUM_PROTOBUF). */
const MAXIMUM_PROTOBUF = 2_147_483_647;

const KEYS =
  /(^|[^a-z])(password|passwd|pwd|secret|credentials?|(api|access|private|secret|auth)[ _.-]?(key|token))([^a-z]|$)/i;
/** Shapes of credentials that their issuers document, and passwords inside URLs. */
const VALUES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bgh[oprsu]_[A-Za-z0-9]{36}/,
  /\bgithub_pat_[A-Za-z0-9_]{22,}/,
  /\bglpat-[A-Za-z0-9_-]{20}/,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/,
  /\bhf_[A-Za-z0-9]{30,}/,
  /\bsk-[A-Za-z0-9_-]{20,}/,
  /\bnpm_[A-Za-z0-9]{36}\b/,
  /\bAIza[A-Za-z0-9_-]{35}/,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+/,
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{1,100}:[^\s/@]{1,100}@/i,
  /\b(password|passwd|secret|api[_-]?key|access[_-]?token)\s{0,3}[:=]\s{0,3}\S{6}/i,
];
/** What is looked at of one text; secrets are short and texts may be long. */
const LOOKED_AT = 100_000;

export function checkMetadata({ structure, graphs, facts }: RuleContext): readonly Issue[] {
  const issues = structure.metadata
    .filter(({ key, value }) => (KEYS.test(key) && value.trim() !== '') || looksSecret(value))
    .map(({ key }) => finding('MSV023', at(facts, 'metadata', key), 'looks like a secret'));
  const texts = [structure.docString, structure.producerName, structure.producerVersion, structure.domain];
  if (texts.some(looksSecret))
    issues.push(finding('MSV023', `${facts.file}, description`, 'holds what looks like a secret'));
  for (const { graph } of graphs) {
    if (looksSecret(graph.docString))
      issues.push(finding('MSV023', at(facts, 'graph', graph.name), 'its description holds what looks like a secret'));
  }
  return issues;
}

function looksSecret(text: string): boolean {
  const head = text.slice(0, LOOKED_AT);
  return VALUES.some((pattern) => pattern.test(head));
}

export function checkFile({ structure, facts }: RuleContext): readonly Issue[] {
  const issues: Issue[] = [];
  if (structure.bytes > MAXIMUM_PROTOBUF) {
    issues.push(
      finding('MSV024', facts.file, `the file has ${structure.bytes} bytes; a protobuf ends at ${MAXIMUM_PROTOBUF}`),
    );
  }
  if (structure.hasTrainingInfo) issues.push(finding('MSV025', facts.file, 'the file holds training information'));
  return issues;
}
