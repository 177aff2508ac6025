// Signs every request of this collection with TC3-HMAC-SHA256, just before it is sent.
//
// Put the credentials into the variables secretId and secretKey (and token, where they are temporary): as current
// values of the collection or of an environment, which stay on this machine and are in no export. A variable endpoint,
// as in http://127.0.0.1:8080, takes the place of every request's own host.
function sign() {
  const variable = (name) => pm.variables.get(name) || pm.globals.get(name) || '';
  const secretId = variable('secretId');
  const secretKey = variable('secretKey');
  const token = variable('token');
  if (!secretId || !secretKey) {
    throw new Error('the variables secretId and secretKey are empty');
  }

  const request = pm.request;
  const resolved = (text) => pm.variables.replaceIn(String(text || ''));

  const endpoint = variable('endpoint');
  if (endpoint) {
    request.url.update(`${endpoint.replace(/\/+$/, '')}/`);
  }

  // The body is fixed here: what is signed is what is sent, with its variables replaced once.
  const body = request.body ? resolved(request.body.raw) : '';
  if (request.body) {
    request.body.raw = body;
  }

  // Host and port of the request's own URL; the port only where it is not the scheme's own.
  const [, scheme, authority, rest] = /^(?:(https?):\/\/)?(?:[^@\/?#]*@)?([^\/?#]*)(.*)$/i.exec(resolved(request.url));
  const usualPort = (scheme || 'http').toLowerCase() === 'https' ? ':443' : ':80';
  const host = authority.endsWith(usualPort) ? authority.slice(0, -usualPort.length) : authority;
  if (rest.includes('?')) {
    throw new Error('the URL has a query; the parameters of a POST belong into its body');
  }

  // Signed as well, so it is sent exactly as it stands here.
  const contentType = resolved(request.headers.get('Content-Type')) || 'application/json';

  // Where an action belongs. Of any other action the service is the host's first label, as at the service's own hosts.
  const services = {{services}};
  const action = resolved(request.headers.get('X-TC-Action'));
  const service = Object.keys(services).find((name) => services[name].includes(action)) || host.split(/[.:]/)[0];

  // One reading of the clock for both. The date is that of UTC: the local one differs from it for hours every day.
  const timestamp = Math.floor(Date.now() / 1000);
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10);

  // A text is taken as UTF-8 by every function of CryptoJS.
  const sha256 = (text) => CryptoJS.SHA256(text).toString(CryptoJS.enc.Hex);
  const hmac = (key, text) => CryptoJS.HmacSHA256(text, key);

  const signedHeaders = 'content-type;host';
  const canonicalRequest = [
    request.method,
    '/',
    '', // the query
    `content-type:${contentType}`,
    `host:${host}`,
    '', // the headers' last line feed, and then a blank line
    signedHeaders,
    sha256(body),
  ].join('\n');
  const scope = `${date}/${service}/tc3_request`;
  const stringToSign = ['TC3-HMAC-SHA256', timestamp, scope, sha256(canonicalRequest)].join('\n');

  let key = `TC3${secretKey}`;
  for (const step of [date, service, 'tc3_request']) {
    key = hmac(key, step);
  }
  const signature = hmac(key, stringToSign).toString(CryptoJS.enc.Hex);

  const set = (name, value) => request.headers.upsert({ key: name, value });
  const credential = `Credential=${secretId}/${scope}`;
  set('Authorization', `TC3-HMAC-SHA256 ${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`);
  set('Content-Type', contentType);
  set('Host', host);
  set('X-TC-Timestamp', String(timestamp));
  if (token) {
    set('X-TC-Token', token);
  }
}

try {
  sign();
} catch (error) {
  // Without a signature nothing is sent: the body holds personal data.
  pm.test(`signing: ${error.message}`, () => { throw error; });
  pm.execution.skipRequest();
}
