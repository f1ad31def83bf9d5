/** What reports for machines are written from: cases with their findings. Types, and what the forms share. */
import type { Issue } from '../issue.ts';

/** One thing that was tried. */
export interface ReportCase {
  /** Groups cases: who was asked. */
  readonly suite: string;
  readonly name: string;
  readonly durationMs: number;
  readonly issues: readonly Issue[];
}

export interface Report {
  /** As `Page` has it. */
  readonly title: string;
  readonly cases: readonly ReportCase[];
  /** All findings: those of the cases, and those that belong to none. */
  readonly issues: readonly Issue[];
  /** Of mlserve. */
  readonly version: string;
}

/** Where a finding is, in parts: `examples/a.json#/response/predictions/0/y`, `mlserve.yaml:3:5`. */
export interface IssuePlace {
  readonly file: string;
  /** A JSON pointer. */
  readonly pointer: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
}

/** Undefined where the finding is about no file. */
export function placeOf({ where }: Pick<Issue, 'where'>): IssuePlace | undefined {
  const [, file = '', line, column, pointer] =
    /^([^:#,"\n]+\.[A-Za-z]+)(?::(\d+)(?::(\d+))?)?(?:#(.*))?$/s.exec(where) ?? [];
  if (file === '') return undefined;
  const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
  return { file, pointer: pointer === '' ? undefined : pointer, line: number(line), column: number(column) };
}
