// What somebody does on the page.
import { holds } from "./harness.mjs";

export const button = (page, name) => page.getByRole("button", { name, exact: true });
export const section = (page, id) => page.locator(`#stage-${id}`);
export const area = (page, id) => page.locator(`#text-${id}`);
export const alert = (page) => page.getByRole("alert");

// Presses a step and waits until it is over.
export async function press(page, name) {
  await button(page, name).click();
  await over(page);
}

export async function over(page) {
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'));
  // A refusal is told in the next frame.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

export async function through(page) {
  for (const name of ["Seal", "Send", "Open"]) {
    await press(page, name);
    const said = await alert(page).textContent();
    holds(said === "", `${name}: ${said}`);
  }
  holds(await page.locator("#stage-opened").isVisible(), "Open was pressed, and nothing was opened");
}

export async function refusal(page, name) {
  await press(page, name);
  const said = await alert(page).textContent();
  holds(said !== "", `${name} was not refused`);
  return said;
}

// Writes into a stage as somebody at the keyboard would.
export async function edit(page, id, change) {
  const text = await area(page, id).inputValue();
  const to = change(text);
  holds(to !== text, `nothing of ${id} was changed`);
  await area(page, id).fill(to);
}
