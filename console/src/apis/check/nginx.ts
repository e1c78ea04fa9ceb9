import { singleQuoted as quoted } from '../../applications/connect/snippets/quote.ts';
import type { CheckValues } from './values.ts';

/** nginx reads no JWTs, so it asks introspection, which also knows what was revoked. */
export function nginxChecks(values: CheckValues): { fileName: string; text: string }[] {
  return [
    { fileName: 'api.conf', text: server(values) },
    { fileName: 'check.js', text: script(values) },
  ];
}

function server({ introspectionUri }: CheckValues): string {
  const { host, protocol } = new URL(introspectionUri);
  return `# nginx.conf begins with: load_module modules/ngx_http_js_module.so;
# CREDENTIALS are those of an application that may introspect: client ID, a colon and client secret, in Base64.
js_import check from check.js;

server {
    listen 8080;

    location / {
        auth_request /_check;
        proxy_pass http://127.0.0.1:3000;
    }

    location = /_check {
        internal;
        js_content check.token;
    }

    location = /_introspect {
        internal;
        proxy_pass ${introspectionUri};
        proxy_method POST;
        proxy_pass_request_headers off;
        proxy_set_header Host ${host};
        proxy_set_header Content-Type application/x-www-form-urlencoded;
        proxy_set_header Authorization "Basic CREDENTIALS";
${protocol === 'https:' ? '        proxy_ssl_server_name on;\n' : ''}    }
}
`;
}

function script({ audience, scope }: CheckValues): string {
  return `const audience = ${quoted(audience)};
const scope = ${quoted(scope)};

async function token(request) {
  const header = request.headersIn.Authorization || '';
  if (!/^Bearer [\\w.~+\\/-]+=*$/i.test(header)) return request.return(401);
  const asked = await request.subrequest('/_introspect', { method: 'POST', body: 'token=' + header.slice(7) });
  if (asked.status !== 200) return request.return(503);
  const about = JSON.parse(asked.responseText);
  const isGood =
    about.active && about.token_use === 'access_token' && [].concat(about.aud).includes(audience);
  if (!isGood) return request.return(401);
  request.return(about.scope.split(' ').includes(scope) ? 204 : 403);
}

export default { token };
`;
}
