// Puts the page together.
const TABS = ["call", "code", "usage"];

function choose(name) {
  for (const one of TABS) {
    const chosen = one === name;
    $(`tab-${one}`).setAttribute("aria-selected", String(chosen));
    $(`tab-${one}`).tabIndex = chosen ? 0 : -1;
    $(`panel-${one}`).hidden = !chosen;
  }
  if (name === "code") writeCode();
  if (name === "usage") showUsage();
}

function buildTabs() {
  TABS.forEach((name, at) => {
    const tab = $(`tab-${name}`);
    tab.addEventListener("click", () => choose(name));
    tab.addEventListener("keydown", (event) => {
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const next = TABS[(to + TABS.length) % TABS.length];
      choose(next);
      $(`tab-${next}`).focus();
    });
  });
}

function buildSwitches() {
  $("language").addEventListener("click", () => {
    changeLanguage(tongue === "en" ? "zh" : "en");
    afterLanguage();
  });
  // Asked for anew on every page: it is kept nowhere.
  $("reveal").addEventListener("click", () => {
    const shown = document.body.classList.toggle("revealed");
    $("reveal").setAttribute("aria-pressed", String(shown));
  });
}

function afterLanguage() {
  $("language").textContent = tongue === "en" ? "中文" : "English";
  $("language").lang = tongue === "en" ? "zh-CN" : "en";
  for (const label of relabel) label();
  // The program's comments are in the page's language.
  if (!$("panel-code").hidden) writeCode();
}

async function start() {
  buildStages();
  buildTabs();
  buildSwitches();
  const chinese = (navigator.languages || [navigator.language]).findIndex((one) => /^zh/i.test(one));
  if (chinese === 0 || document.body.dataset.tongue === "zh") changeLanguage("zh");
  afterLanguage();
  try {
    catalogue = await ask("catalogue", {});
  } catch (error) {
    refuse(error);
    return;
  }
  $("where").textContent = catalogue.version;
  buildForm();
  buildPicture();
  buildRun();
  buildCode();
  formChanged();
  document.body.dataset.ready = "true";
}

start();
