// Pictures of the page, to be looked at; and that nothing is wider than its screen.
import path from "node:path";
import { SHOTS, equal, explorer, holds, open, quiet, test } from "./harness.mjs";
import { area, button, over, press, refusal, through } from "./steps.mjs";

async function shot(page, name, whole = true) {
  // The bar that stays on top would stand in the middle of a picture of the whole page.
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`), fullPage: whole, animations: "disabled" });
}

async function fits(page, what) {
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  holds(wide <= room, `${what} is ${wide} pixels wide and has ${room}`);
}

for (const [name, options] of [
  ["light", {}],
  ["dark", { colorScheme: "dark" }],
  ["narrow", { viewport: { width: 360, height: 740 } }],
  ["narrow-dark", { viewport: { width: 320, height: 640 }, colorScheme: "dark" }],
  ["large", { viewport: { width: 2200, height: 1200 } }],
]) {
  test(`screenshots: ${name}`, async () => {
    const { line } = await explorer();
    const { page } = await open(line, options);
    await fits(page, "the page");
    await shot(page, `${name}-1-open`);
    await through(page);
    await button(page, "Show personal data").click();
    await fits(page, "the stages");
    await shot(page, `${name}-2-through`);
    await area(page, "reply").fill((await area(page, "reply").inputValue()).replace("EncryptedBody\":\"", "EncryptedBody\":\"AAAA"));
    await refusal(page, "Open");
    await button(page, "Show personal data").click();
    await button(page, "中文").click();
    await fits(page, "the refusal in Chinese");
    await shot(page, `${name}-3-refused-zh`);
    await page.locator("#tab-code").click();
    await page.locator("#code-run:not(:empty)").waitFor();
    await fits(page, "the program");
    await shot(page, `${name}-4-code`, false);
    equal(await page.locator("#panel-call").isHidden(), true);
    void press;
    quiet(page);
  });
}

// Texts that do not fit into what they stand in: choices of a list, and what is laid out whole.
const cutOff = (page) => page.evaluate(() => {
  const found = [];
  const probe = document.createElement("span");
  probe.style.cssText = "position: absolute; visibility: hidden; white-space: nowrap";
  document.body.append(probe);
  for (const one of document.querySelectorAll("main *, header *")) {
    if (!one.checkVisibility()) continue;
    const style = getComputedStyle(one);
    if (one.tagName === "SELECT") {
      // The arrow takes some of it.
      const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 16;
      probe.style.font = style.font;
      for (const option of one.options) {
        probe.textContent = option.textContent;
        if (probe.getBoundingClientRect().width > room) found.push(`${one.id}: ${option.textContent}`);
      }
    } else if (["text-inner", "text-canonical", "text-string", "text-signed"].includes(one.id)) {
      if (one.scrollHeight > one.clientHeight + 1) found.push(`${one.id}: ${one.scrollHeight} in ${one.clientHeight}`);
    } else if (!["INPUT", "TEXTAREA"].includes(one.tagName) && style.overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1) {
      found.push(`${one.id || one.className}: ${one.textContent.slice(0, 40)}`);
    }
  }
  probe.remove();
  return found.join("; ");
});

test("at 1280 pixels no text is cut off, in either language", async () => {
  const { line } = await explorer();
  for (const locale of ["en-US", "zh-CN"]) {
    const { page } = await open(line, { locale, viewport: { width: 1280, height: 800 } });
    equal(await cutOff(page), "", `${locale}: the page`);
    for (const id of ["seal", "send", "open"]) {
      await page.locator(`#${id}`).click();
      await over(page);
      equal(await page.getByRole("alert").textContent(), "", id);
    }
    equal(await cutOff(page), "", `${locale}: the stages`);
    await shot(page, `1280-${locale}`);
    for (const action of ["IdCardVerification", "GetDetectInfoEnhanced"]) {
      await page.locator("#action").selectOption(action);
      equal(await cutOff(page), "", `${locale}: ${action}`);
    }
    quiet(page);
    await page.context().close();
  }
});
