/** Bytes of a model × facts → what the rules say, without files or a runtime. */
import type { Issue } from '../../src/issue.ts';
import { readModel } from '../../src/model/read-model.ts';
import type { ModelFacts } from '../../src/model/rules/context.ts';
import { judge } from '../../src/model/rules/judge.ts';
import { RUNTIME_LIMITS } from '../../src/model/runtime-limits.ts';
import type { ModelStructure } from '../../src/model/structure.ts';
import { bytesSource } from './bytes-source.ts';
import type { Bytes } from './onnx-writer.ts';

export function judgeBytes(bytes: Bytes, facts: Partial<ModelFacts> = {}): readonly Issue[] {
  const source = bytesSource(bytes);
  return judgeStructure(readModel(source, 'm.onnx'), { source, ...facts });
}

export function judgeStructure(structure: ModelStructure, facts: Partial<ModelFacts> = {}): readonly Issue[] {
  return judge(structure, {
    file: 'm.onnx',
    limits: RUNTIME_LIMITS,
    source: bytesSource(new Uint8Array()),
    externalFiles: new Map(),
    maxRows: 1,
    memoryBytes: 2 ** 31,
    boundedInputs: new Set(),
    ...facts,
  });
}

export const rulesOf = (issues: readonly Issue[]): readonly string[] => [...new Set(issues.map((issue) => issue.rule))];
