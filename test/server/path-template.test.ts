import { describe, expect, it } from 'vitest';
import { fillPath, pathTemplate } from '../../src/server/path-template.ts';

const read = (path: string, request: string, hasVerbs = false) =>
  pathTemplate(path, hasVerbs).read(request.split('/').map(decodeURIComponent));

describe('a path template', () => {
  it('reads the names in their places', () => {
    expect(read('/v2/models/{model}/versions/{version}/infer', '/v2/models/a/versions/1.0.0/infer')).toEqual({
      model: 'a',
      version: '1.0.0',
    });
    expect(read('/v2/models/{model}', '/v2/models/a%2Fb')).toEqual({ model: 'a/b', version: undefined });
    expect(read('/v2/repository/models/{name}/load', '/v2/repository/models/x/load')).toMatchObject({ model: 'x' });
  });

  it('reads what stands before a verb', () => {
    expect(read('/v1/models/{model}:predict', '/v1/models/a:predict')).toMatchObject({ model: 'a' });
    expect(read('/v1/models/{model}:predict', '/v1/models/a:b:predict')).toMatchObject({ model: 'a:b' });
    expect(read('/v1/models/{model}', '/v1/models/a', true)).toMatchObject({ model: 'a' });
  });

  it.each([
    ['/v1/models/{model}:predict', '/v1/models/:predict', false],
    ['/v1/models/{model}:predict', '/v1/models/predict', false],
    ['/v1/models/{model}:predict', '/v1/models/a:predict/', false],
    ['/v1/models/{model}', '/v1/models/a:explain', true],
    ['/v1/models/{model}', '/v1/models/', false],
    ['/v1/models/{model}', '/v2/models/a', false],
  ])('%s is not %s', (path, request, hasVerbs) => {
    expect(read(path, request, hasVerbs)).toBeUndefined();
  });

  it('is filled as clients write it', () => {
    expect(fillPath('/v1/models/{model}:predict', 'a', '1')).toBe('/v1/models/a:predict');
    expect(fillPath('/models/{model}/versions/{version}/predict', '$&', '1.0.0+x')).toBe(
      '/models/%24%26/versions/1.0.0%2Bx/predict',
    );
  });
});
