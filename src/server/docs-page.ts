/** `GET /docs`: the OpenAPI document as a page to read and to try, made by Swagger UI. Everything it loads comes from this service. */
import { Refusal } from './refusal.ts';
import type { Answer, RouteFunction, Service } from './service.ts';

const NOT_INSTALLED = 'the files of this page are not installed; /openapi.json says the same';

/** Nothing from elsewhere, nothing inline, in nobody's frame. `data:` is what the style sheet draws its arrows with. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
};

// Addresses are relative, so that the page works below a path of a proxy as well.
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/page.js"></script>
</body>
</html>
`;

// Where the document needs an API key, the key is asked for, kept in the page alone, and sent with every request from it. Without
// validatorUrl Swagger UI would ask a service of its makers whether the document is valid.
const SCRIPT = `const page = document.getElementById('page');

async function start(key) {
  const headers = key === undefined ? {} : { 'X-API-Key': key };
  const answer = await fetch('openapi.json', { headers });
  if (!answer.ok) {
    const { error } = await answer.json();
    return [401, 403].includes(answer.status) ? ask(error) : page.replaceChildren(error);
  }
  SwaggerUIBundle({
    url: 'openapi.json',
    domNode: page,
    deepLinking: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    requestInterceptor: (request) => ({ ...request, headers: { ...request.headers, ...headers } }),
  });
}

function ask(reason) {
  const form = document.createElement('form');
  const input = Object.assign(document.createElement('input'), { type: 'password', autocomplete: 'off' });
  const label = document.createElement('label');
  label.append('API key ', input);
  form.append(reason, document.createElement('br'), label, ' ', document.createElement('button'));
  form.lastChild.append('Show');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    start(input.value);
  });
  page.replaceChildren(form);
  input.focus();
}

start();
`;

export async function docsPage({ pageFile }: Service): Promise<Answer> {
  if ((await pageFile('swagger-ui.css')) === undefined) throw new Refusal(404, NOT_INSTALLED);
  return { status: 200, type: 'text/html; charset=utf-8', body: PAGE, headers: HEADERS };
}

export function docsScript(): Answer {
  return { status: 200, type: 'text/javascript; charset=utf-8', body: SCRIPT };
}

const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css' };

/** A file of Swagger UI. */
export function docsFile(name: string): RouteFunction {
  const type = `${TYPES[name.slice(name.lastIndexOf('.') + 1)]}; charset=utf-8`;
  return async ({ pageFile }) => {
    const body = await pageFile(name);
    if (body === undefined) throw new Refusal(404, NOT_INSTALLED);
    return { status: 200, type, body, headers: { 'Cache-Control': 'max-age=3600' } };
  };
}
