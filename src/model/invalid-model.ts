/** Why bytes are not a readable model: the error that stops a command, and the same as a finding. */
import { MlserveError } from '../errors.ts';
import type { Issue } from '../issue.ts';
import type { ProtobufFault } from './protobuf-error.ts';

/** `damaged`: begins like a model, then breaks. `no-graph`: parses, holds nothing to run. `too-deep`, `too-big`: beyond the limits of the reader. */
type InvalidReason = 'empty' | 'not-onnx' | 'damaged' | 'no-graph' | Exclude<ProtobufFault, 'malformed'>;

interface ReasonRow {
  readonly rule: string;
  readonly hint: string;
}

const REASONS: Record<InvalidReason, ReasonRow> = {
  empty: { rule: 'MSV001', hint: 'export or download the model again' },
  'not-onnx': { rule: 'MSV001', hint: 'give an ONNX file, as torch.onnx.export, skl2onnx or tf2onnx write it' },
  'no-graph': { rule: 'MSV002', hint: 'export the model again with the exporter of its framework' },
  truncated: {
    rule: 'MSV001',
    hint: 'the download or copy stopped early: fetch the file again and compare its sha256',
  },
  damaged: { rule: 'MSV001', hint: 'fetch or export the file again and compare its sha256' },
  'too-deep': {
    rule: 'MSV015',
    hint: 'onnxruntime does not load such a model either: flatten its If, Loop and Scan bodies',
  },
  'too-big': { rule: 'MSV001', hint: 'no exporter writes such a graph: look at where the file comes from' },
};

/** MODEL_INVALID with the reason as data. */
export class InvalidModel extends MlserveError {
  readonly reason: InvalidReason;

  constructor(reason: InvalidReason, where: string, message: string, hint?: string, cause?: unknown) {
    super('MODEL_INVALID', message, { where, hint: hint ?? REASONS[reason].hint, cause });
    this.reason = reason;
  }

  /** The finding of rule MSV001 (not a model, or a damaged one), MSV002 (no graph) or MSV015 (nested too deep). */
  get issue(): Issue {
    const { rule, hint } = REASONS[this.reason];
    return { rule, severity: 'error', where: this.where ?? '', message: this.message, hint: this.hint ?? hint };
  }
}
