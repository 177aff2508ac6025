// A call from the form to the opened result: both suites, both kinds of endpoint, each cloud.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ID, SCRATCH, SECRET, SHOTS, credentials, equal, explorer, gateway, holds, open, quiet, run, test, visit } from "./harness.mjs";
import { alert, area, button, edit, press, refusal, section, through } from "./steps.mjs";

const HEADINGS = ["Inner request", "Envelope", "Canonical request", "String to sign", "Signed request", "Reply", "Opened result"];

// A picture that is one: two by two pixels.
export const PICTURE = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEklEQVR4nGP4z8DAAMIM/4EAAB/uBfsL2XwTAAAAAElFTkSuQmCC", "base64");

for (const suite of ["sm4-gcm", "aes-256-cbc"]) {
  test(`${suite} end to end, against the embedded gateway`, async () => {
    const { line } = await explorer();
    const { page } = await open(line);
    await page.getByLabel("Test key").selectOption(suite);
    await page.getByLabel("Image", { exact: true }).setInputFiles({ name: "card.png", mimeType: "image/png", buffer: PICTURE });
    await page.locator("#image-said:not(:empty)").waitFor();
    await through(page);
    for (const name of HEADINGS) {
      const heading = page.getByRole("heading", { name, exact: true });
      holds(await heading.isVisible(), `${name} is not shown`);
      equal(await heading.evaluate((one) => one.closest("section") !== null), true, name);
    }
    const envelope = JSON.parse(await area(page, "envelope").inputValue());
    equal(envelope.Encryption.Algorithm, suite.toUpperCase());
    const inner = JSON.parse(await area(page, "inner").inputValue());
    equal(inner.ImageBase64, PICTURE.toString("base64"));
    equal(inner.ImageUrl, undefined, "the picture takes the place of the URL");
    holds((await section(page, "opened").textContent()).includes("证件样本"), "the name was not opened");
    const portrait = section(page, "opened").getByAltText("Portrait");
    equal(await portrait.evaluate((image) => image.naturalWidth), 96, "the portrait");
    holds((await section(page, "opened").textContent()).includes("request's own IV"), "the reused IV is not told");
    await section(page, "opened").scrollIntoViewIfNeeded();
    quiet(page);
  });
}

test("a real endpoint, with this process's credentials and the service's key", async () => {
  const keys = path.join(SCRATCH, "service");
  await run("keygen", "--suite", "sm4-gcm", "--out", keys);
  const there = await gateway(keys);
  const { line } = await explorer(["--endpoint", there.url], credentials);
  const { page } = await open(line);
  let said = await page.content();
  page.on("response", async (response) => { said += await response.text().catch(() => ""); });
  equal(await page.getByLabel("Goes to").inputValue(), "endpoint");
  await press(page, "Seal");
  holds((await alert(page).textContent()).includes("no public key"), "a key is asked for");
  await page.getByLabel("Public key", { exact: true }).setInputFiles(path.join(keys, "public.b64"));
  await through(page);
  holds((await section(page, "opened").textContent()).includes("证件样本"), "the name");
  said += await page.content();
  for (const one of await page.locator("textarea").all()) said += await one.inputValue();
  holds(!said.includes(SECRET) && !said.includes(ID), "a credential reached the page");
  quiet(page);
});

test("an action in clear, and the other two clouds", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  for (const [cloud, action] of [["tencent", "IDCardOCR"], ["huawei", "id-card"], ["ctyun", "id-card"]]) {
    await page.getByLabel("Cloud", { exact: true }).selectOption(cloud);
    await page.getByLabel("Action", { exact: true }).selectOption(action);
    if (cloud === "ctyun") await page.getByLabel("Image", { exact: true }).setInputFiles({ name: "a.png", mimeType: "image/png", buffer: PICTURE });
    await page.waitForFunction(() => document.querySelector("#text-inner").value.length > 20);
    await through(page);
    holds(await section(page, "envelope").isHidden(), `${action} has no envelope`);
    holds((await section(page, "opened").textContent()).includes("证件样本"), `${cloud}: the name`);
    equal(await area(page, "reply").evaluate((one) => one.classList.contains("personal")), true, "a reply in clear is blurred");
  }
  quiet(page);
});

test("an action of faceid with members under one nonce", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  await page.getByLabel("Action", { exact: true }).selectOption("IdCardVerification");
  await page.getByLabel("Test key").selectOption("sm4-gcm");
  await press(page, "Seal");
  for (const words of ["share one nonce", "AES-256-CBC · RSA", "“Accept the repeated nonce”"]) {
    holds((await alert(page).textContent()).includes(words), "the shared nonce is refused by what the page has");
  }
  await page.getByLabel("Several members under one SM4-GCM nonce").check();
  await through(page);
  holds((await section(page, "opened").textContent()).includes("Result"), "the result");
  quiet(page);
});

test("two tabs do not disturb each other", async () => {
  const { line } = await explorer();
  const { context, page: one } = await open(line);
  const two = await visit(context, line);
  await two.getByLabel("Test key").selectOption("aes-256-cbc");
  await press(one, "Seal");
  await press(two, "Seal");
  await press(two, "Send");
  await press(one, "Send");
  await press(one, "Open");
  await press(two, "Open");
  for (const page of [one, two]) {
    holds((await section(page, "opened").textContent()).includes("证件样本"), "a tab was disturbed");
    quiet(page);
  }
  // The answer to one is nothing to the other.
  const reply = await area(one, "reply").inputValue();
  await area(two, "reply").fill(reply);
  await press(two, "Open");
  holds((await alert(two).textContent()).includes("Algorithm"), "another tab's reply");
});

test("a picture is prepared on request", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  const photo = readFileSync(new URL("../../../prepare/tests/images/progressive.jpg", import.meta.url));
  await page.getByLabel("Prepare it").check();
  await page.getByLabel("Image", { exact: true }).setInputFiles({ name: "photo.jpg", mimeType: "image/jpeg", buffer: photo });
  await page.locator("#image-said", { hasText: /needs nothing|became/ }).waitFor();
  await through(page);
  await button(page, "Remove the picture").click();
  holds(!(await area(page, "inner").inputValue()).includes("ImageBase64"), "the picture is gone");
  const broken = path.join(SCRATCH, "broken.jpg");
  writeFileSync(broken, photo.subarray(0, photo.length / 2));
  await page.getByLabel("Image", { exact: true }).setInputFiles(broken);
  await page.locator("#alert:not(:empty)").waitFor();
  holds((await alert(page).textContent()).includes("picture"), "half a picture is refused");
  quiet(page);
});

test("the record of calls is shown as a chart, and calls of the page are in it", async () => {
  const keys = path.join(SCRATCH, "recorded");
  await run("keygen", "--suite", "sm4-gcm", "--out", keys);
  const there = await gateway(keys);
  const ledger = path.join(SCRATCH, "ledger.sqlite");
  equal((await run("package", "add", "--action", "RecognizeEncryptedIDCardOCR", "--calls", "10", "--ledger", ledger)).code, 0);
  const { line } = await explorer(["--endpoint", there.url, "--ledger", ledger], credentials);
  const { page } = await open(line);
  await page.getByLabel("Public key", { exact: true }).setInputFiles(path.join(keys, "public.b64"));
  await through(page);
  await press(page, "Send");
  await edit(page, "signed", (text) => text.replace(/Signature=(.)/, (all, c) => `Signature=${c === "0" ? "1" : "0"}`));
  await refusal(page, "Send");
  // What goes to the embedded gateway is nobody's usage.
  await page.getByLabel("Goes to").selectOption("embedded");
  await press(page, "Seal");
  await press(page, "Send");
  await page.getByRole("tab", { name: "Usage" }).click();
  await page.locator("#usage svg").first().waitFor();
  const rows = await page.locator("#usage table").allTextContents();
  holds(rows[1].includes("RecognizeEncryptedIDCardOCR212"), `two that went well, one that failed, two billed: ${rows[1]}`);
  holds(rows[2].includes("AuthFailure.SignatureFailure1"), rows[2]);
  holds(rows[3].includes("108"), `ten bought, eight left: ${rows[3]}`);
  equal(await page.locator("#usage .bar-ok").count() > 0, true);
  const recorded = JSON.parse((await run("usage", "--json", "--ledger", ledger)).out);
  equal(`${recorded.calls} ${recorded.ok} ${recorded.billed}`, "3 2 2");
  await page.screenshot({ path: path.join(SHOTS, "usage.png"), fullPage: true });
  quiet(page);
});

test("the same call as a program in every language", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  await press(page, "Seal");
  await page.getByRole("tab", { name: "Code" }).click();
  for (const language of ["curl", "rust", "python", "nodejs", "java", "go", "php", "csharp", "cpp"]) {
    await page.getByLabel("Language", { exact: true }).selectOption(language);
    await page.locator("#code-run:not(:empty)").waitFor();
    await page.waitForFunction(() => document.querySelector("#program").textContent.includes("RecognizeEncryptedIDCardOCR"));
    await button(page, "Copy").last().click();
  }
  holds((await page.evaluate(() => navigator.clipboard.readText())).includes("EncryptedBody"), "the program was not copied");
  quiet(page);
});
