/** Rules on what travels with the model: MSV023 secrets, MSV024 file size, MSV025 training information. */
import type { Issue } from '../../issue.ts';
import { at, type RuleContext } from './context.ts';
import { finding } from './table.ts';

/** Protobuf's own limit on one message (onnx checker.MAXIMUM_PROTOBUF). */
const MAXIMUM_PROTOBUF = 2_147_483_647;

const KEYS =
  /(^|[^a-z])(password|passwd|pwd|secret|credentials?|(api|access|private|secret|auth)[ _.-]?(key|token))([^a-z]|$)/i;
/**
 * Shapes of credentials that their issuers document, and passwords inside URLs. What may fail to match has bounded repetitions only:
 * text that begins like a secret everywhere would take quadratic time otherwise.
 */
const VALUES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bgh[oprsu]_[A-Za-z0-9]{36}/,
  /\bgithub_pat_[A-Za-z0-9_]{22,}/,
  /\bglpat-[A-Za-z0-9_-]{20}/,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/,
  /\bhf_[A-Za-z0-9]{30,}/,
  /\bsk-[A-Za-z0-9_-]{20,}/,
  /\bnpm_[A-Za-z0-9]{36}\b/,
  /\bAIza[A-Za-z0-9_-]{35}/,
  /\beyJ[A-Za-z0-9_-]{10,500}\.eyJ[A-Za-z0-9_-]{10}/,
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{1,100}:[^\s/@]{1,100}@/i,
  /\b(password|passwd|secret|api[_-]?key|access[_-]?token)\s{0,3}[:=]\s{0,3}\S{6}/i,
];
/** Characters that are looked at of one text: secrets are short and texts may be long. */
const MOST_OF_TEXT = 100_000;
/** Characters that are looked at of all texts of a model together. */
const MOST_OF_MODEL = 2_000_000;
/** What a text costs at least. */
const LEAST_COST = 100;
const MOST_OF_KEY = 1_000;

export function checkMetadata({ structure, graphs, facts }: RuleContext): readonly Issue[] {
  const looksSecret = secretFinder();
  const issues: Issue[] = [];
  const texts = [structure.docString, structure.producerName, structure.producerVersion, structure.domain];
  if (texts.some(looksSecret))
    issues.push(finding('MSV023', `${facts.file}, description`, 'holds what looks like a secret'));
  for (const { key, value } of structure.metadata) {
    const isNamed = KEYS.test(key.slice(0, MOST_OF_KEY)) && value.trim() !== '';
    if (isNamed || looksSecret(value))
      issues.push(finding('MSV023', at(facts, 'metadata', key), 'looks like a secret'));
  }
  for (const { graph } of graphs) {
    if (looksSecret(graph.docString))
      issues.push(finding('MSV023', at(facts, 'graph', graph.name), 'its description holds what looks like a secret'));
  }
  return issues;
}

/** Looks at texts until it has seen as much as one model may cost. */
function secretFinder(): (text: string) => boolean {
  let left = MOST_OF_MODEL;
  return (text) => {
    if (text === '' || left <= 0) return false;
    const head = text.slice(0, Math.min(MOST_OF_TEXT, left));
    left -= Math.max(head.length, LEAST_COST);
    return VALUES.some((pattern) => pattern.test(head));
  };
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
