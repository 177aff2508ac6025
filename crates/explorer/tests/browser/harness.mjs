// Starts programs and pages, and counts what passes. No test framework: the page is the framework's size.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";

const require = createRequire(path.resolve(process.env.NODE_PATH || ".", "here.js"));
const { chromium } = require("playwright-core");
export const AXE = require.resolve("axe-core/axe.min.js");

const BINARY = process.env.CARDSEAL || "target/debug/cardseal";
export const SHOTS = process.env.SHOTS || "target/browser";
export const SCRATCH = mkdtempSync(path.join(tmpdir(), "cardseal-browser-"));
mkdirSync(SHOTS, { recursive: true });

export const ID = "AKIDbrowser-test";
export const SECRET = "the-secret-of-the-browser-tests";
const children = [];

// Runs a command to its end.
export function run(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(BINARY, args, { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env.PATH } });
    let out = "";
    child.stdout.on("data", (data) => { out += data; });
    child.stderr.on("data", (data) => { out += data; });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out }));
  });
}

// Starts a command that prints one line when it is ready.
export function start(args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(BINARY, args, { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env.PATH, ...env } });
    children.push(child);
    let out = "";
    let err = "";
    child.stderr.on("data", (data) => { err += data; });
    child.stdout.on("data", (data) => {
      out += data;
      if (out.includes("\n")) resolve({ line: out.split("\n")[0], child, end: () => end(child) });
    });
    child.on("error", reject);
    child.on("close", (code) => reject(new Error(`${args[0]} ended with ${code}: ${err}`)));
  });
}

function end(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.on("close", resolve);
    child.kill("SIGINT");
  });
}

export const explorer = (args = [], env = {}) => start(["explorer", ...args], env);
export const credentials = { TENCENTCLOUD_SECRET_ID: ID, TENCENTCLOUD_SECRET_KEY: SECRET };

// A gateway with the keys of this folder.
export async function gateway(keys, more = []) {
  const file = path.join(SCRATCH, "secret");
  writeFileSync(file, SECRET, { mode: 0o600 });
  const started = await start(["gateway", "--listen", "127.0.0.1:0", "--keys", keys, "--secret-id", ID, "--secret-key-file", file, ...more]);
  return { ...started, url: started.line.replace("listening on ", "") };
}

// A service that answers as it is told.
export function service(answer) {
  return new Promise((resolve) => {
    const seen = [];
    const server = createServer((request, response) => {
      seen.push(request.headers);
      request.resume();
      request.on("end", () => answer(request, response));
    });
    server.listen(0, "127.0.0.1", () => resolve({ url: `http://127.0.0.1:${server.address().port}`, seen, server }));
  });
}

let browser;
export const errors = [];

// A name of somebody else's that leads to this machine. No name is asked for anywhere: where there is no name server, that
// takes half a minute.
export const REBOUND = "127.0.0.1.rebound.example";
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`];

export async function open(url, options = {}) {
  browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ARGUMENTS });
  // A page that is still scrolling moves a button from under the pointer.
  const still = { viewport: { width: 1400, height: 900 }, locale: "en-US", reducedMotion: "reduce" };
  const context = await browser.newContext({ ...still, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]).catch(() => {});
  return { context, page: await visit(context, url) };
}

export async function visit(context, url) {
  const page = await context.newPage();
  watch(page);
  await page.goto(url);
  await page.waitForSelector("body[data-ready]", { timeout: 15000 });
  return page;
}

// What a page may never do: complain, or ask anywhere else.
export function watch(page) {
  page.mine = { errors: [], elsewhere: [] };
  const complain = (text) => page.mine.errors.push(text);
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complain(`console: ${message.text()}`); });
  page.on("pageerror", (error) => complain(`page: ${error}`));
  page.on("dialog", (dialog) => { complain(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "blob:" && page.url() !== "about:blank" && url.origin !== new URL(page.url()).origin) page.mine.elsewhere.push(request.url());
  });
}

export function quiet(page) {
  equal(page.mine.errors.join("; "), "", "the console");
  equal(page.mine.elsewhere.join("; "), "", "requests elsewhere");
}

export function equal(found, wanted, what = "") {
  if (found !== wanted) throw new Error(`${what}: ${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`);
}

export function holds(condition, what) {
  if (!condition) throw new Error(what);
}

const tests = [];
export const test = (name, does) => tests.push({ name, does });

export async function runAll(only) {
  let passed = 0;
  let failed = 0;
  const names = [];
  for (const { name, does } of tests) {
    if (only.length > 0 && !only.some((word) => name.includes(word))) continue;
    const started = Date.now();
    try {
      await does();
      passed += 1;
      console.log(`test ${name} ... ok (${Date.now() - started} ms)`);
    } catch (error) {
      failed += 1;
      names.push(name);
      console.log(`test ${name} ... FAILED\n${error.stack}`);
    }
    for (const context of browser ? browser.contexts() : []) await context.close();
  }
  await browser?.close();
  await Promise.all(children.map(end));
  rmSync(SCRATCH, { recursive: true, force: true });
  // At the end, where a log that is cut still has it.
  if (failed) console.log(`\nfailures:\n    ${names.join("\n    ")}`);
  console.log(`\ntest result: ${failed ? "FAILED" : "ok"}. ${passed} passed; ${failed} failed; 0 ignored`);
  process.exit(failed || !passed ? 1 : 0);
}
