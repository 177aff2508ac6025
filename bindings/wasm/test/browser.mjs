// browser.mjs CHROMIUM FOLDER: the module in a browser without a window. FOLDER is what the bundler wrote.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const [chromium, folder] = process.argv.slice(2);
const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const roots = { '/web/': path.resolve(folder, 'web'), '/vectors/': path.resolve(here, '../../../vectors') };
const types = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.html': 'text/html' };

const server = http.createServer((request, response) => {
  const root = Object.keys(roots).find((prefix) => request.url.startsWith(prefix));
  const file = root ? path.join(roots[root], request.url.slice(root.length)) : path.join(here, 'browser.html');
  fs.readFile(file, (error, bytes) => {
    response.writeHead(error ? 404 : 200, { 'Content-Type': types[path.extname(file)] ?? 'application/octet-stream' });
    response.end(bytes);
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'cardseal-browser-'));
try {
  const { stdout } = await promisify(execFile)(chromium, [
    '--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`, '--virtual-time-budget=30000', '--dump-dom',
    `http://127.0.0.1:${server.address().port}/`,
  ], { timeout: 120_000 });
  const said = /<pre id="out">(.*?)<\/pre>/s.exec(stdout)?.[1];
  assert.equal(said, 'done: SM4-GCM open 8, AES-256-CBC open 8, sm4 true, aes true');
  console.log('REACHED WebAssembly in Chromium: both suites seal, the samples of the guide open');
} finally {
  server.close();
  fs.rmSync(profile, { recursive: true, force: true });
}
