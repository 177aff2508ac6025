// A byte changed anywhere, and the check that refuses it.
import path from "node:path";
import { SCRATCH, credentials, equal, explorer, gateway, holds, open, quiet, run, test } from "./harness.mjs";
import { alert, area, button, edit, press, refusal, section } from "./steps.mjs";

async function sealed(suite = "sm4-gcm") {
  const { line } = await explorer();
  const { page } = await open(line);
  await page.getByLabel("Test key").selectOption(suite);
  await press(page, "Seal");
  return page;
}

const names = (said, check) => holds(said.includes(check), `"${said}" does not name ${check}`);

test("another key is refused by the service's envelope check", async () => {
  const keys = path.join(SCRATCH, "other");
  await run("keygen", "--suite", "sm4-gcm", "--out", keys);
  const { line } = await explorer();
  const { page } = await open(line);
  await page.getByLabel("Public key", { exact: true }).setInputFiles(path.join(keys, "public.b64"));
  await press(page, "Seal");
  names(await refusal(page, "Send"), "the service's check of the envelope");
  await page.getByLabel("Public key", { exact: true }).setInputFiles(path.join(keys, "private.pem"));
  names(await refusal(page, "Seal"), "the library's check of the public key");
  quiet(page);
});

test("another secret key is refused by the service's signature check", async () => {
  const keys = path.join(SCRATCH, "service2");
  await run("keygen", "--suite", "aes-256-cbc", "--out", keys);
  const there = await gateway(keys);
  const { line } = await explorer(["--endpoint", there.url], { ...credentials, TENCENTCLOUD_SECRET_KEY: "another" });
  const { page } = await open(line);
  await page.getByLabel("Public key", { exact: true }).setInputFiles(path.join(keys, "public.b64"));
  await press(page, "Seal");
  names(await refusal(page, "Send"), "the service's check of the signature");
  quiet(page);
});

test("a tampered reply is refused, and its text is kept", async () => {
  for (const [suite, check] of [["sm4-gcm", "the tag does not fit"], ["aes-256-cbc", "the library's"]]) {
    const page = await sealed(suite);
    await press(page, "Send");
    const before = await area(page, "reply").inputValue();
    await edit(page, "reply", (text) => text.replace(/(EncryptedBody":".{40})(.)/, (all, head, c) => head + (c === "A" ? "B" : "A")));
    const changed = await area(page, "reply").inputValue();
    names(await refusal(page, "Open"), check);
    equal(await area(page, "reply").inputValue(), changed, "what was typed");
    holds(await section(page, "opened").isHidden(), "a refused reply shows no result");
    await button(page, "Undo the edits: Reply").click();
    equal(await area(page, "reply").inputValue(), before);
    await press(page, "Open");
    holds(await section(page, "opened").isVisible(), "the reply as it came is opened");
    for (const [from, to, words] of [["SM4-GCM", "SM4-XXX", "Algorithm"], ["AES-256-CBC", "AES-128-CBC", "Algorithm"], ['"Name":""', '"Name":"x"', "in clear"]]) {
      if (!before.includes(from)) continue;
      await edit(page, "reply", () => before.replace(from, to));
      names(await refusal(page, "Open"), words);
    }
    quiet(page);
  }
});

test("a changed envelope, canonical request, string to sign and signed request are each refused by name", async () => {
  const page = await sealed();
  await edit(page, "envelope", (text) => text.replace(/("CiphertextBlob":".{20})./, "$1*"));
  names(await refusal(page, "Send"), "the service's check of the envelope");
  await edit(page, "envelope", () => "not json");
  names(await refusal(page, "Send"), "the library's check of the request");
  equal(await area(page, "envelope").inputValue(), "not json", "what was typed");

  await press(page, "Seal");
  await edit(page, "canonical", (text) => text.replace("host:127.0.0.1", "host:127.0.0.9"));
  names(await refusal(page, "Send"), "the service's check of the signature");
  await edit(page, "canonical", (text) => text.replace("POST", "post"));
  names(await refusal(page, "Send"), "the library's signer");

  await press(page, "Seal");
  await edit(page, "string", (text) => text.replace(/[0-9a-f]{64}$/, "0".repeat(64)));
  names(await refusal(page, "Send"), "line 4");
  await press(page, "Seal");
  await edit(page, "signed", (text) => text.replace(/Signature=(.)/, (all, c) => `Signature=${c === "0" ? "1" : "0"}`));
  names(await refusal(page, "Send"), "the service's check of the signature");
  await edit(page, "signed", (text) => text.replace("HTTP/1.1", "HTTP/1.0"));
  names(await refusal(page, "Send"), "the check of the HTTP request");
  quiet(page);
});

test("a byte is flipped anywhere by a button", async () => {
  for (const [id, heading] of [["inner", "Inner request"], ["envelope", "Envelope"], ["canonical", "Canonical request"], ["string", "String to sign"], ["signed", "Signed request"], ["reply", "Reply"]]) {
    const page = await sealed();
    if (id === "reply") await press(page, "Send");
    const before = await area(page, id).inputValue();
    await button(page, `Flip a byte: ${heading}`).click();
    const after = await area(page, id).inputValue();
    equal([...before].filter((c, at) => c !== after[at]).length, 1, `${heading}: characters that changed`);
    holds((await page.locator("#status").textContent()).includes("is now"), "it is told which");
    equal(await section(page, id).evaluate((one) => one.classList.contains("edited")), true, "it is marked");
    // Whatever it hits, the page says something and goes on.
    await press(page, id === "inner" ? "Seal" : id === "reply" ? "Open" : "Send");
    holds((await page.locator("#alert").textContent()) + (await page.locator("#status").textContent()) !== "", "it is told");
    quiet(page);
    await page.close();
  }
});

test("a body that is not JSON is told in a sentence, and kept", async () => {
  const page = await sealed();
  for (const text of ["not json", "[]", '{"a":1,}', '{"a":1,"a":2}', "", " "]) {
    await area(page, "inner").fill(text);
    const said = await refusal(page, "Seal");
    holds(said.length < 400 && !said.includes("\n"), said);
    equal(await area(page, "inner").inputValue(), text, "what was typed");
  }
  await button(page, "Take it from the form: Inner request").click();
  await press(page, "Seal");
  equal(await alert(page).textContent(), "");
  quiet(page);
});

test("the IV policy is kept to", async () => {
  const page = await sealed();
  await press(page, "Send");
  await page.getByLabel("IV policy").selectOption("fresh");
  names(await refusal(page, "Open"), "IV policy");
  await page.getByLabel("IV policy").selectOption("same");
  await press(page, "Open");
  equal(await alert(page).textContent(), "");
  quiet(page);
});
