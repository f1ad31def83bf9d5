import { describe, expect, it } from 'vitest';
import type { Issue } from '../../src/issue.ts';
import { annotationLines, outputLines } from '../../src/report/workflow-commands.ts';

const issue = (rest: Partial<Issue>): Issue => ({
  rule: 'config.range',
  severity: 'error',
  where: 'mlserve.yaml:3:5',
  message: 'is too large',
  ...rest,
});

const NOWHERE: ReadonlyMap<string, string> = new Map();

describe('annotations of GitHub Actions', () => {
  it('point at line and column of the file, from the root of the repository', () => {
    expect(
      annotationLines([issue({ hint: 'write 8' })], new Map([['mlserve.yaml', 'services/fraud/mlserve.yaml']])),
    ).toEqual(['::error file=services/fraud/mlserve.yaml,line=3,col=5,title=config.range::is too large%0Awrite 8']);
  });

  it('say where, for a place inside of a file and for one that is no file', () => {
    const inside = issue({ where: 'examples/a.json#/response/0', severity: 'warning' });
    expect(annotationLines([inside, issue({ where: 'input "x"', severity: 'warning' })], NOWHERE)).toEqual([
      '::warning file=examples/a.json,title=config.range::examples/a.json#/response/0: is too large',
      '::warning title=config.range::input "x": is too large',
    ]);
  });

  it('are not made of infos, which ask for nothing', () => {
    expect(annotationLines([issue({ severity: 'info' })], NOWHERE)).toEqual([]);
  });

  it('keep the names of files that nobody has a path for', () => {
    expect(annotationLines([issue({ where: '/w/fraud/mlserve.yaml' })], NOWHERE)).toEqual([
      '::error file=/w/fraud/mlserve.yaml,title=config.range::is too large',
    ]);
  });

  it('cannot be made to end by what a file holds: names stay names', () => {
    const hostile = issue({ rule: 'a,b:c%', message: 'x\n::set-output name=image::evil\r\n100%' });
    const [line, ...others] = annotationLines([hostile], NOWHERE);
    expect(others).toEqual([]);
    expect(line).toBe(
      '::error file=mlserve.yaml,line=3,col=5,title=a%2Cb%3Ac%25::x%0A::set-output name=image::evil%0D%0A100%25',
    );
  });

  it('are ten of a kind at most, errors first', () => {
    const many = [issue({ severity: 'warning' }), ...Array.from({ length: 12 }, () => issue({}))];
    const lines = annotationLines(many, NOWHERE);
    expect(lines.map((line) => line.split(' ')[0])).toEqual([...Array(10).fill('::error'), '::warning']);
  });
});

describe('outputs of a step', () => {
  it('are a line each, whatever is in the value', () => {
    expect(outputLines({ image: 'r/x@sha256:0', digest: null, version: '1.0.0\nimage=evil' })).toBe(
      'image=r/x@sha256:0\ndigest=\nversion=1.0.0 image=evil\n',
    );
  });
});
