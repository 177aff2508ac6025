// Builds the native module and puts it beside index.js.
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '../../..');
// A relative folder is taken from the repository's root, where the commands are run.
const target = path.resolve(root, process.env.CARGO_TARGET_DIR || 'target');
const built = { darwin: 'libcardseal_nodejs.dylib', win32: 'cardseal_nodejs.dll' }[process.platform] || 'libcardseal_nodejs.so';

execFileSync('cargo', ['build', '--locked', '--release'], {
  cwd: path.resolve(__dirname, '..'),
  env: { ...process.env, CARGO_TARGET_DIR: target },
  stdio: 'inherit',
});
const here = path.resolve(__dirname, '../cardseal.node');
// Under another name first: a process that has the old one loaded keeps it.
fs.copyFileSync(path.join(target, 'release', built), `${here}.new`);
fs.renameSync(`${here}.new`, here);
