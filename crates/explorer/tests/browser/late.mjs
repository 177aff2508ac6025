// What comes late, and in another order than it was asked for.
import { equal, explorer, holds, open, quiet, test } from "./harness.mjs";
import { alert, area, button, over, press, section } from "./steps.mjs";
import { PICTURE } from "./end_to_end.mjs";

// Holds the first answer at this path back until it is let go.
async function hold(page, path) {
  let go;
  const held = new Promise((resolve) => { go = resolve; });
  let isFirst = true;
  await page.route(`**/api/${path}`, async (route) => {
    if (isFirst) {
      isFirst = false;
      await held;
    }
    await route.continue();
  });
  return go;
}

test("a step waits for the picture that is being taken", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  const go = await hold(page, "picture");
  await page.getByLabel("Image", { exact: true }).setInputFiles({ name: "card.png", mimeType: "image/png", buffer: PICTURE });
  await button(page, "Seal").click();
  equal(await button(page, "Seal").getAttribute("aria-busy"), "true");
  equal(await section(page, "envelope").isHidden(), true, "sealed without the picture");
  go();
  await over(page);
  equal(await alert(page).textContent(), "");
  equal(JSON.parse(await area(page, "inner").inputValue()).ImageBase64, PICTURE.toString("base64"));
  equal(await section(page, "envelope").isVisible(), true);
  holds(!(await section(page, "envelope").textContent()).includes("earlier"), "the envelope is of this request");
  quiet(page);
});

test("a picture that is refused while a step waits ends the step", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  const go = await hold(page, "picture");
  await page.getByLabel("Image", { exact: true }).setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("notes of somebody's") });
  await button(page, "Seal").click();
  go();
  await over(page);
  await page.locator("#alert:not(:empty)").waitFor();
  equal(await section(page, "envelope").isHidden(), true, "sealed without the picture");
  // The next step is no part of it.
  await press(page, "Seal");
  equal(await alert(page).textContent(), "");
  equal(await section(page, "envelope").isVisible(), true);
  quiet(page);
});

test("of two programs the one that was asked for last is shown", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  const go = await hold(page, "code");
  await page.getByRole("tab", { name: "Code" }).click();
  await page.getByLabel("Language", { exact: true }).selectOption("python");
  await page.waitForFunction(() => document.querySelector("#program").textContent.includes("python3 call.py"));
  const late = page.waitForResponse("**/api/code");
  go();
  await (await late).finished();
  await page.waitForTimeout(200);
  holds((await page.locator("#program").textContent()).includes("python3 call.py"), "the earlier program took its place");
  quiet(page);
});

test("a program's comments are in the page's language", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  await page.getByRole("tab", { name: "Code" }).click();
  const says = (words) => page.waitForFunction((text) => document.querySelector("#program").textContent.includes(text), words);
  for (const [language, before, comment] of [["python", "中文", "签名的是这些字节"], ["java", "English", "These bytes are signed"], ["curl", "中文", "请求体按原文逐字节签名"]]) {
    await page.locator("#code-language").selectOption(language);
    await page.locator("#language").click();
    equal(await page.locator("#language").textContent() === before, false, "the language changed");
    await says(comment);
  }
  quiet(page);
});

test("a region that is not known is told, and used", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  const hint = page.locator("#region-hint");
  const region = page.locator("#region");
  equal(await page.getByLabel("Region", { exact: true }).getAttribute("id"), "region");
  await region.fill("ap-guangzhou");
  equal(await hint.textContent(), "");
  await region.fill("mars");
  holds((await hint.textContent()).includes("mars is not among the regions"), await hint.textContent());
  await press(page, "Seal");
  equal(await alert(page).textContent(), "");
  holds((await area(page, "signed").inputValue()).includes("x-tc-region: mars"), "it is in the request");
  await page.getByRole("tab", { name: "Code" }).click();
  await page.waitForFunction(() => document.querySelector("#program").textContent.includes("https://ocr.mars.tencentcloudapi.com"));
  await page.getByRole("tab", { name: "Call" }).click();
  await button(page, "中文").click();
  holds((await hint.textContent()).includes("mars 不在已知地域之列"), await hint.textContent());
  await page.locator("#cloud").selectOption("huawei");
  await region.fill("cn-north-4");
  equal(await hint.textContent(), "");
  quiet(page);
});
