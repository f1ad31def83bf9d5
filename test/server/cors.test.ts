import { describe, expect, it } from 'vitest';
import { createCors } from '../../src/server/cors.ts';

const PAGE = 'https://app.example';
const question = (origin: string, more: Record<string, string> = {}) => ({
  method: 'OPTIONS',
  target: '/predict',
  headers: { origin, 'access-control-request-method': 'POST', ...more },
});

describe('CORS', () => {
  it('is off without origins', () => {
    expect(createCors([])).toBeUndefined();
  });

  const cors = createCors([PAGE, 'http://localhost:5173']);

  it('lets pages of the listed origins read answers, and which model gave them', () => {
    const headers = cors?.headersFor({ origin: PAGE }) ?? {};
    expect(headers).toMatchObject({ 'Access-Control-Allow-Origin': PAGE, Vary: 'Origin' });
    expect(headers['Access-Control-Expose-Headers']?.split(', ')).toContain('X-Model-Digest');
    expect(cors?.headersFor({ origin: 'http://localhost:5173' })).toMatchObject({
      'Access-Control-Allow-Origin': 'http://localhost:5173',
    });
  });

  it.each(['https://evil.example', `${PAGE}.evil.example`, `${PAGE}:8443`, 'http://app.example', 'null', ''])(
    'lets no page of %j',
    (origin) => {
      expect(cors?.headersFor({ origin })).toEqual({ Vary: 'Origin' });
      expect(cors?.preflight(question(origin))).toBeUndefined();
    },
  );

  it('says to caches that answers differ by origin, also to callers that are no browser', () => {
    expect(cors?.headersFor({})).toEqual({ Vary: 'Origin' });
  });

  it('answers what a browser asks before a request with a body or a key', () => {
    const granted = cors?.preflight(question(PAGE, { 'access-control-request-headers': 'authorization,content-type' }));
    expect(granted?.['Access-Control-Allow-Methods']).toBe('GET, HEAD, POST');
    const allowed = granted?.['Access-Control-Allow-Headers']?.toLowerCase().split(', ');
    expect(allowed).toEqual(expect.arrayContaining(['authorization', 'content-type', 'x-api-key', 'x-request-id']));
  });

  it('leaves other OPTIONS alone', () => {
    expect(cors?.preflight({ method: 'OPTIONS', target: '/predict', headers: { origin: PAGE } })).toBeUndefined();
    expect(cors?.preflight({ ...question(PAGE), method: 'POST' })).toBeUndefined();
  });

  it('never allows cookies, nor does * vary', () => {
    const any = createCors(['*']);
    expect(any?.headersFor({ origin: 'https://anyone.example' })).toMatchObject({ 'Access-Control-Allow-Origin': '*' });
    expect(any?.headersFor({})).toEqual({});
    const names = Object.keys({ ...any?.headersFor({ origin: PAGE }), ...any?.preflight(question(PAGE)) });
    expect(names).not.toContain('Access-Control-Allow-Credentials');
  });
});
