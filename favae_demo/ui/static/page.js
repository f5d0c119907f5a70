// What the page does by itself: its address names what is shown, and leads back to it; and a view for the projector.
const NAMES = ["tab", "category", "model", "models", "image", "rate"]; // in this order
const PER_CATEGORY = ["model", "models", "image"]; // what belongs to one kind of part
const [FEWEST_MODELS, MOST_MODELS] = [2, 4]; // that are compared, as in `tabs/compare/choice.py`
const [LOWEST_RATE, HIGHEST_RATE, RECOMMENDED_RATE] = [0.5, 20, 5]; // percent, in halves, as in `choices.py`
window.favae = {
  opening: {}, // how many answers will still fill each tab: what it shows until then is not what the address asks for
  going: "", // the tab that is about to be opened: what it shows until it asks for its answer is not what the address asks for either
  steps: {}, // by tab, how many pictures further its buttons were pressed since the server was last asked
  choices: {}, // by list, what is chosen in it
  acted: false, // whether the visitor did something since the last entry of the history: each act makes at most one

  asked: (name) => new URLSearchParams(location.search).get(name) ?? "",

  // Puts what is shown into the address; an empty value leaves it.
  link(changes, push = favae.acted) {
    const url = new URL(location.href), asked = Object.fromEntries(url.searchParams);
    if ("category" in changes && changes.category !== asked.category) PER_CATEGORY.forEach((name) => delete asked[name]);
    const named = {...Object.fromEntries(NAMES.map((name) => [name, ""])), ...asked, ...changes};
    url.search = new URLSearchParams(Object.entries(named).filter(([, value]) => value));
    if (url.href === location.href) return;
    history[push ? "pushState" : "replaceState"](null, "", url);
    favae.acted = false;
  },

  // Called when a tab is opened; returns the address for the server, which fills the tab with what it names.
  open(tab, rest) {
    favae.going = "";
    favae.link({tab});
    favae.opening[tab] = (favae.opening[tab] ?? 0) + 1;
    return [location.search, ...rest];
  },

  // Called when the tab is filled, and at each change of what it shows.
  filled(tab, shown) {
    favae.opening[tab] -= 1;
    favae.follow(tab, shown);
  },
  follow(tab, shown) {
    requestAnimationFrame(favae.nameChoice);
    if ("models" in shown) requestAnimationFrame(favae.nameRemovals); // once they are drawn
    if (favae.opening[tab] || favae.going || favae.asked("tab") !== tab) return;
    if ("model" in shown) shown.model = favae.modelName(shown.model);
    if ("models" in shown) favae.nameModels(shown);
    if ("rate" in shown) shown.rate = favae.rateName(shown.rate);
    favae.link(shown);
  },
  // Gradio names these buttons by the place of the model in the list, as in "Remove 3".
  nameRemovals() {
    document.querySelectorAll(".models-list .token").forEach((token) => {
      const button = token.querySelector(".token-remove");
      if (button) button.title = favae.said.remove.replace("{model}", token.textContent.trim());
    });
  },
  nameModels(shown) { // too few or too many are not compared: the address keeps those that are
    const paths = shown.models ?? [];
    if (paths.length >= FEWEST_MODELS && paths.length <= MOST_MODELS) shown.models = paths.map(favae.modelName).join(" ");
    else delete shown.models;
  },
  // After several choices in a row the list has seen only the last one, which may be too few or too many to compare.
  nameColumns() {
    const shown = [...document.querySelectorAll(".compare-columns [data-model]")].map((one) => one.dataset.model);
    if (shown.length && !favae.opening.compare && favae.asked("tab") === "compare") favae.link({models: shown.join(" ")});
  },
  modelName(path) { // as `selection.model_name`
    const parts = (path ?? "").split(/[\\/]/), name = parts.at(-1).replace(/\.safetensors$/, "");
    return name === "model" ? parts.at(-2) : name;
  },
  rateName(rate) { // one that was typed may lie between two of the slider
    const named = Math.min(Math.max(Math.round(2 * rate) / 2, LOWEST_RATE), HIGHEST_RATE);
    return named === RECOMMENDED_RATE ? "" : `${named}`;
  },

  // Called when a list is entered, and when it says that something is chosen in it; returns another text where that is something else.
  know(list, value) { favae.choices[list] = JSON.stringify(value); },
  choose(list, value) {
    const known = favae.choices[list];
    favae.know(list, value);
    return known === favae.choices[list] ? {__type__: "update"} : `${performance.now()}`;
  },

  // Called when the server is asked for another picture. Presses while an answer is on its way are asked for together after it.
  takeSteps(tab, rest) {
    const steps = favae.steps[tab] ?? 0;
    favae.steps[tab] = 0;
    return [steps, ...rest];
  },

  go(changes) {
    favae.link(changes, true);
    favae.show();
    scrollTo(0, 0); // another tab begins at its top
  },
  // Shows what the address names, after it was changed.
  show() {
    if (favae.asked("image")) document.querySelectorAll('[data-tab-id="test"]').forEach((one) => one.click()); // not the visitor's own
    const tab = favae.going = favae.asked("tab") || "detect", button = document.querySelector(`.tabs [data-tab-id="${tab}"]`);
    if (button?.getAttribute("aria-selected") === "false") button.click();
    else document.getElementById(`reopen-${tab}`)?.click();
  },
  // The answer to a choice may lie below what is seen: on a phone always, in Compare on a lower screen too.
  toAnswer() {
    const answer = [...document.querySelectorAll(".answer, .compare-columns")].find((one) => one.offsetParent);
    if (innerWidth <= 760 || answer?.getBoundingClientRect().top > 0.75 * innerHeight) {
      answer?.scrollIntoView({block: "start", behavior: "smooth"});
    }
  },
  // To the run that was just started, which is drawn a moment later.
  toRun(tries = 100) {
    const run = document.getElementById("train-run");
    if (run?.offsetParent) run.scrollIntoView({block: "nearest"});
    else if (tries) setTimeout(() => favae.toRun(tries - 1), 100);
  },
  present(on) {
    favae.link({view: on ? "present" : ""});
    presentAsAsked();
  },
  // In the presentation view, which hides the lists, the title says what is chosen in them, without the source of the pictures and the
  // figures of the model.
  nameChoice() {
    const place = document.querySelector(".named"), tab = [...document.querySelectorAll("#tabs > [role=tabpanel]")].find((one) => one.offsetParent);
    const chosen = (list) => tab?.querySelector(`${list} input`)?.value ?? "";
    const part = chosen(".category-list").split(" · ")[0], model = chosen(".model-list").replace(/( · [^·]*\d\.\d{3})+$/, "");
    const name = [part, model].filter(Boolean).join(" · ");
    if (place && place.textContent !== name) place.textContent = name;
  },
};
for (const act of ["pointerdown", "keydown"]) addEventListener(act, () => {
  favae.acted = true;
  favae.lookForWeights();
}, true);
// What a visitor does may begin a download of weights, at once or when a model has been reached: the page looks, ever more seldom.
favae.lookForWeights = (pause = 500) => {
  clearTimeout(favae.looking);
  favae.looking = setTimeout(() => {
    document.getElementById("look-for-weights")?.click(); // disabled where no weights are missing
    if (pause < 32000) favae.lookForWeights(2 * pause);
  }, pause);
};
favae.lookForWeights();
addEventListener("popstate", () => {
  favae.acted = false;
  presentAsAsked();
  favae.show();
});
// Charts carry buttons that save them as they are seen: SVG as it is, PNG four times as large, on the page's own ground.
favae.save = (button) => {
  const figure = button.closest("figure");
  const picture = [...figure.querySelectorAll("img")].find((one) => one.offsetParent);
  if (button.dataset.save === "copy") {
    favae.copyChart(picture, getComputedStyle(figure).backgroundColor);
    return;
  }
  const link = document.createElement("a");
  link.href = button.dataset.save === "svg" ? picture.src : favae.png(picture, getComputedStyle(figure).backgroundColor);
  link.download = `${figure.dataset.name}.${button.dataset.save}`;
  link.click();
};
favae.png = (picture, ground) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [4 * picture.naturalWidth, 4 * picture.naturalHeight];
  const pen = canvas.getContext("2d");
  pen.fillStyle = ground;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
};
// Tells readers the page's language; Gradio writes the browser's there, whenever it is done with its own words.
favae.keepLanguage = (language) => {
  const page = document.documentElement, keep = () => { if (page.lang !== language) page.lang = language; };
  new MutationObserver(keep).observe(page, {attributeFilter: ["lang"]});
  keep();
};
// Keeps the chosen language for a year; within a frame of another site, as on a Space, a cookie needs all of that.
favae.speak = (language) => {
  const site = location.protocol === "https:" ? "SameSite=None; Secure; Partitioned" : "SameSite=Lax";
  document.cookie = `favae-language=${language}; path=/; max-age=31536000; ${site}`;
  location.reload();
};
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-save]");
  if (button) favae.save(button);
  const language = event.target.closest?.("[data-language]")?.dataset.language;
  if (language) favae.speak(language);
});
// Gradio tells only that a button was pressed while it was busy, not how often.
document.addEventListener("click", ({target}) => {
  const step = target.closest?.(".step-next") ? 1 : target.closest?.(".step-previous") ? -1 : 0, tab = favae.asked("tab") || "detect";
  if (step) favae.steps[tab] = (favae.steps[tab] ?? 0) + step;
}, true);
// The arrow keys step through the pictures, where nothing else takes them; Escape leaves the presentation view.
const STEPS = {ArrowLeft: ".step-previous", ArrowRight: ".step-next"};
const TAKES_ARROWS = "input, textarea, select, [role=slider], [role=listbox], [contenteditable=true]";
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("present")) favae.present(false);
  if (!(event.key in STEPS) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.defaultPrevented || event.target.closest(TAKES_ARROWS)) return;
  [...document.querySelectorAll(STEPS[event.key])].find((one) => one.closest("[role=tabpanel]")?.offsetParent)?.click();
});
// A button that goes when it is pressed takes the focus with it, and the browser leaves it nowhere. It moves to what is left around
// the button: to the group and not to another button, so that the same key does nothing else. One that is only disabled while
// its work is done gets it back.
favae.focused = null; // the element that had the focus last, with what is around it
favae.keepFocus = () => {
  const {element, around} = favae.focused ?? {};
  if (!element || document.activeElement !== document.body || (element.isConnected && element.disabled)) return;
  favae.focused = null;
  if (element.isConnected && element.offsetParent) return element.focus({preventScroll: true});
  const left = around.find((one) => one.isConnected && one.offsetHeight);
  if (!left || left.contains(document.querySelector(".tabs"))) return;
  left.tabIndex = -1;
  left.classList.add("has-focus");
  left.addEventListener("blur", () => {
    left.removeAttribute("tabindex");
    left.classList.remove("has-focus");
  }, {once: true});
  left.focus({preventScroll: true});
};
favae.rememberFocus = () => {
  const element = document.activeElement, around = [];
  for (let one = element?.parentElement; one; one = one.parentElement) around.push(one);
  favae.focused = around.length > 1 ? {element, around} : null;
};
addEventListener("focusin", favae.rememberFocus);
addEventListener("click", favae.rememberFocus, true);
addEventListener("focusout", ({target, relatedTarget}) => {
  if (!relatedTarget) setTimeout(() => { // Chromium says so of a button too that is about to go
    if (favae.focused?.element === target && target.offsetParent && !target.disabled) favae.focused = null; // the visitor left it
  });
});
// Gradio heads its messages with their kind, in English, whatever title they are given; some messages and a button are its own.
const GRADIOS_OWN = ".toast-title, .toast-message-text, .toast-close, button > .wrap";
favae.nameMessages = () => document.querySelectorAll(GRADIOS_OWN).forEach((one) => {
  const words = [...one.childNodes].find((node) => node.data?.trim()), said = words?.data.trim() ?? "";
  const known = favae.messages[said] ?? favae.messages[said.split(":")[0]]; // after a colon come names of files
  if (one.matches(".toast-close")) one.ariaLabel = favae.messages.Close;
  else if (known) words.data = one.matches(".toast-title") ? `${known} ` : known;
});
// Where no picture is yet, Gradio puts an element that has a name and no role.
favae.nameEmpty = () => document.querySelectorAll(".empty[aria-label]:not([role])").forEach((one) => one.setAttribute("role", "img"));
new MutationObserver(() => {
  favae.keepFocus();
  favae.nameMessages();
  favae.nameEmpty();
  favae.nameChoice();
  favae.tellTraining?.();
}).observe(document, {childList: true, subtree: true, attributeFilter: ["disabled"]});
// Of Gradio's remarks on a running event, as "queue: 2/3 | 3.4/11.3s", only the place in the queue is shown, by the style sheet.
setInterval(() => document.querySelectorAll(".progress-text:is(.meta-text, .meta-text-center)").forEach((one) => {
  const [, position, size] = one.textContent.match(/queue: (\d+)\/(\d*)/) ?? [];
  if (position) one.dataset.queue = favae.said.queue.replace("{position}", position).replace("{size}", size);
  else delete one.dataset.queue;
}), 500);
// Names of Gradio's parts that it gives in English only; {} in the table stands for what differs.
favae.nameParts = (names) => {
  const patterns = Object.entries(names).filter(([name]) => name.includes("{}")).map(([name, own]) => {
    let place = 0;
    return [new RegExp(`^${name.replaceAll("{}", "(.*)")}$`), own.replaceAll("{}", () => `$${++place}`)];
  });
  const named = (name) => names[name] ?? patterns.reduce((words, [pattern, own]) => words.replace(pattern, own), name);
  setInterval(() => ["aria-label", "title"].forEach((kind) => document.querySelectorAll(`[${kind}]`).forEach((one) => {
    const name = one.getAttribute(kind), own = named(name);
    if (own !== name) one.setAttribute(kind, own);
  })), 500);
};
// Where files are chosen already, Gradio puts its field for more of them into a second button, both without a name.
setInterval(() => document.querySelectorAll(".icon-button:has(.upload-container):not([role])").forEach((one) => {
  const field = one.querySelector(".upload-container");
  [one.tabIndex, one.title] = [-1, favae.said.more_files];
  one.setAttribute("role", "group");
  [one, field].forEach((part) => part.setAttribute("aria-label", favae.said.more_files));
}), 500);
// The dialog for own pictures offers the formats that are read. A file of another kind still reaches the server, which says what it is.
setInterval(() => document.querySelectorAll(".own-pictures input[type=file]").forEach((one) => {
  if (one.accept !== favae.said.formats) one.accept = favae.said.formats;
}), 500);
// In lists of files Gradio cuts long names, and closed lists cut what is chosen in them.
setInterval(() => document.querySelectorAll(".file-preview .filename, .secondary-wrap input").forEach((one) => {
  const whole = one.value ?? one.ariaLabel ?? "";
  if (one.title !== whole) one.title = whole;
}), 500);
// The surface of "Draw a defect" (PixiJS, which calls this for its developer tools) asks for sixty frames a second, even when
// its tab is left. It stands still while it is out of sight.
favae.surfaces = new Set(); // those in sight
window.__PIXI_APP_INIT__ = (app) => {
  new IntersectionObserver((seen) => {
    const inSight = seen.at(-1).isIntersecting;
    favae.surfaces[inSight ? "add" : "delete"](app);
    if (!app.ticker) return; // it has been taken away
    app.ticker[inSight ? "start" : "stop"]();
    app.ticker.constructor.system[favae.surfaces.size ? "start" : "stop"](); // one for all surfaces
  }).observe(app.canvas);
};
// The page begins as its address asks, before anything is drawn: no other tab and no other kind of part flashes up.
favae.begin = (components) => {
  const category = favae.asked("category"), tab = favae.asked("tab"), rate = Number(favae.asked("rate"));
  const known = components?.some(({type, props}) => type === "tabitem" && props.id === tab);
  for (const {props} of components ?? []) {
    const is = (name) => props.elem_classes?.includes(name);
    if (props.elem_id === "tabs" && known) props.selected = tab;
    if (is("rate") && rate && `${rate}` === (favae.rateName(rate) || `${RECOMMENDED_RATE}`)) props.value = rate;
    if (!category || !(is("category-list") || is("model-list") || is("models-list"))) continue;
    if (is("category-list") && props.choices.some(([, name]) => name === category)) props.value = category;
    if (is("model-list")) Object.assign(props, {choices: [], value: null}); // they may be of another kind of part
    if (is("models-list")) Object.assign(props, {choices: [], value: []});
  }
};
favae.begin(window.gradio_config?.components);
// To draw the page, Gradio looks through all events for each component. Svelte makes plain objects reactive when they are first read,
// and reading one then takes several times as long; no event is ever changed, and one that is not plain is left as it is.
// When an event ends, Gradio gives its inputs a progress as well, as those of a stream need, and renews all of them at every step of any event from
// then on. It joins the lists of outputs and inputs: a list that is not spread then is passed over.
for (const event of window.gradio_config?.dependencies ?? []) {
  Object.setPrototypeOf(event, Object.create(Object.prototype));
  if (event.connection !== "stream") event.inputs[Symbol.isConcatSpreadable] = false;
}
// Components come one by one, and each moves the others: they are shown when all are there.
favae.drawn = () => document.body.classList.add("drawn");
setTimeout(favae.drawn, 5000);
function presentAsAsked() {
  document.body.classList.toggle("present", favae.asked("view") === "present");
}
if (document.body) presentAsAsked(); else document.addEventListener("DOMContentLoaded", presentAsAsked);
