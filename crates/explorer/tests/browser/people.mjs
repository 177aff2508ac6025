// Keyboard alone, both languages, screen readers, personal data.
import { readFileSync } from "node:fs";
import { AXE, equal, explorer, holds, open, quiet, test, visit } from "./harness.mjs";
import { alert, area, button, over, press, refusal, section, through } from "./steps.mjs";

const axe = readFileSync(AXE, "utf8");

export async function accessible(page, what) {
  const findings = await page.evaluate(async (source) => {
    if (!window.axe) (0, eval)(source);
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
  }, axe);
  equal(findings.join("\n"), "", `axe on ${what}`);
}

// The page's own policy forbids the checker, so it alone is let in.
const LET_IN = { bypassCSP: true };

test("axe has no findings, in either language, light and dark, wide and narrow", async () => {
  const { line } = await explorer();
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1400, 360]) {
      const { page } = await open(line, { ...LET_IN, colorScheme, viewport: { width, height: 800 } });
      await accessible(page, "the page as it opens");
      await through(page);
      await accessible(page, "a call that went through");
      await button(page, "Show personal data").click();
      await area(page, "reply").fill("{}");
      await refusal(page, "Open");
      await accessible(page, "a refusal");
      await button(page, "中文").click();
      await accessible(page, "Chinese");
      for (const tab of ["code", "usage"]) {
        await page.locator(`#tab-${tab}`).click();
        await page.locator(`#panel-${tab}`).waitFor();
        await accessible(page, tab);
      }
      await page.locator("#tab-call").click();
      for (const action of ["IdCardVerification", "GetDetectInfoEnhanced", "GeneralBasicOCR"]) {
        await page.locator("#action").selectOption(action);
        await accessible(page, action);
      }
      await page.context().close();
    }
  }
});

// Goes on with the Tab key until the element is reached.
async function tabTo(page, selector) {
  for (let at = 0; at < 120; at += 1) {
    if (await page.evaluate((one) => document.activeElement?.matches(one), selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${selector} cannot be reached by keyboard`);
}

test("everything can be done by keyboard alone", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  equal(await page.evaluate(() => document.activeElement.id), "request", "the skip link");
  await tabTo(page, "#suite");
  await page.keyboard.press("ArrowDown");
  equal(await page.locator("#suite").inputValue(), "aes-256-cbc");
  for (const step of ["seal", "send", "open"]) {
    await tabTo(page, `#${step}`);
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    holds(outline !== "none", `${step} shows no focus`);
    await page.keyboard.press(step === "send" ? "Space" : "Enter");
    await over(page);
    equal(await alert(page).textContent(), "", step);
  }
  await tabTo(page, "#text-reply");
  await page.keyboard.press("Control+End");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Delete");
  await page.keyboard.press("Shift+Tab");
  await page.evaluate(() => document.activeElement.blur());
  await tabTo(page, "#open");
  await page.keyboard.press("Enter");
  await over(page);
  holds((await alert(page).textContent()).includes("Refused"), "the broken reply is refused");
  await page.evaluate(() => document.activeElement.blur());
  await tabTo(page, "#tab-call");
  await page.keyboard.press("ArrowRight");
  equal(await page.locator("#tab-code").getAttribute("aria-selected"), "true");
  await page.keyboard.press("End");
  equal(await page.locator("#tab-usage").getAttribute("aria-selected"), "true");
  await page.keyboard.press("ArrowRight");
  equal(await page.locator("#tab-call").getAttribute("aria-selected"), "true", "the tabs go round");
  await tabTo(page, "#language");
  await page.keyboard.press("Enter");
  equal(await page.locator("html").getAttribute("lang"), "zh-CN");
  quiet(page);
});

test("the language changes and what is shown stays", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  equal(await page.locator("html").getAttribute("lang"), "en");
  await through(page);
  const before = await area(page, "envelope").inputValue();
  await area(page, "reply").fill("{}");
  await refusal(page, "Open");
  await button(page, "中文").click();
  equal(await page.locator("html").getAttribute("lang"), "zh-CN");
  equal(await area(page, "envelope").inputValue(), before);
  equal(await area(page, "reply").inputValue(), "{}");
  for (const heading of ["明文请求", "信封", "规范请求", "待签名字符串", "签名后的请求", "应答"]) {
    holds(await page.getByRole("heading", { name: heading, exact: true }).isVisible(), heading);
  }
  holds((await alert(page).textContent()).includes("应答"), "the refusal is told in Chinese");
  const left = await page.evaluate(() => [...document.querySelectorAll("[data-t]")].filter((one) => /[a-z]{4}/i.test(one.textContent) && !/[\u4e00-\u9fff]/.test(one.textContent)).map((one) => one.textContent));
  equal(left.join("|"), "", "words that stayed English");
  await button(page, "撤销修改: 应答").click();
  await page.getByRole("button", { name: "解密", exact: true }).click();
  await over(page);
  holds(await page.getByRole("heading", { name: "解密结果", exact: true }).isVisible(), "opened in Chinese");
  await button(page, "English").click();
  equal(await page.locator("html").getAttribute("lang"), "en");
  holds((await section(page, "opened").textContent()).includes("证件样本"), "the result stays");
  quiet(page);
});

test("whoever reads Chinese gets Chinese", async () => {
  const { line } = await explorer();
  const { page } = await open(line, { locale: "zh-CN" });
  equal(await page.locator("html").getAttribute("lang"), "zh-CN");
  holds(await page.getByRole("button", { name: "加密", exact: true }).isVisible(), "the buttons");
  quiet(page);
});

test("personal data is blurred until asked for, and gone on reload", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  await through(page);
  const blurred = (selector) => page.locator(selector).first().evaluate((one) => getComputedStyle(one).filter.includes("blur"));
  const personal = ["#text-inner", "#stage-opened td", "#stage-opened pre", "#stage-opened img"];
  for (const selector of personal) equal(await blurred(selector), true, selector);
  const shown = async (name) => button(page, name).getAttribute("aria-pressed");
  equal(await shown("Show personal data"), "false");
  await button(page, "Show personal data").click();
  for (const selector of personal) equal(await blurred(selector), false, selector);
  equal(await shown("Show personal data"), "true");
  await button(page, "中文").click();
  equal(await shown("显示个人信息"), "true", "the other language");
  await button(page, "显示个人信息").click();
  equal(await shown("显示个人信息"), "false");
  for (const selector of personal) equal(await blurred(selector), true, selector);
  await button(page, "显示个人信息").click();
  await button(page, "English").click();
  equal(await shown("Show personal data"), "true");
  await page.reload();
  await page.waitForSelector("body[data-ready]");
  equal(await page.getByRole("button", { name: "Show personal data" }).getAttribute("aria-pressed"), "false");
  equal(await blurred("#text-inner"), true);
  holds(!(await page.content()).includes("证件样本"), "the result is gone");
  equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0, "something was stored");
  equal(await page.evaluate(() => document.cookie), "");
  quiet(page);
});

test("what changes is told to screen readers, and every field has a name", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  await press(page, "Seal");
  holds((await page.locator("#status[role=status]").textContent()).includes("Sealed"), "the step is told");
  const nameless = await page.evaluate(() => [...document.querySelectorAll("input, select, textarea, button")].filter((one) => {
    const labels = one.labels ? one.labels.length : 0;
    return labels === 0 && !one.getAttribute("aria-label") && !one.getAttribute("aria-labelledby") && one.textContent.trim() === "";
  }).map((one) => one.id));
  equal(nameless.join(), "");
  const parts = await page.evaluate(() => [...document.querySelectorAll("section.stage")].map((one) => document.getElementById(one.getAttribute("aria-labelledby")).textContent));
  equal(parts.length, 7);
  void visit;
});
