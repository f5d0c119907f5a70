// How a training goes is told in the title of the browser's tab, and its end by a notification where the visitor allows it: a training
// takes minutes, and few watch it.
(() => {
  const GOING = ".running, .stopping", AS_IT_IS = {__type__: "update"}, CUSTOM = "custom";
  let own = null, watched = ""; // the page's own title; the training that was seen going

  favae.tellTraining = () => { // called whenever the page changes
    const card = document.querySelector("#train-run .run-card"), state = card?.querySelector(".run-state");
    if (!state) return;
    const name = card.querySelector("h2").textContent;
    if (state.matches(GOING)) {
      watched = name;
      entitle(`${card.querySelector(".run-bar strong").textContent} · ${name}`);
    } else if (watched === name) {
      watched = "";
      tell(`${state.textContent.trim()}: ${name}`);
    }
  };
  function entitle(words) {
    own ??= document.title;
    const title = words ? `${words} · ${own}` : own;
    if (document.title !== title) document.title = title;
  }
  function tell(words) {
    entitle(words);
    for (const act of ["pointerdown", "keydown"]) addEventListener(act, () => { if (!watched) entitle(""); }, {once: true});
    if (!document.hidden || window.Notification?.permission !== "granted") return;
    try {
      new Notification(own, {body: words, tag: "training"}).onclick = () => focus();
    } catch { /* phones know only those of service workers; the title says it too */ }
  }
  // Shows the settings that have all of the words in their name, their explanation or their heading.
  addEventListener("input", ({target}) => { if (target.closest?.("#search-settings")) searchSettings(target.value); });
  function searchSettings(words) {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean), controls = [...document.querySelectorAll(".setting")];
    controls.forEach((one) => {
      const heading = one.closest(".setting-group").querySelector("strong").textContent;
      const said = `${heading} ${one.id} ${one.textContent}`.toLowerCase();
      one.classList.toggle("unwanted", !wanted.every((word) => said.includes(word)));
    });
    document.querySelector("#no-setting p").hidden = controls.some((one) => !one.matches(".unwanted"));
  }
  // The values of a recipe come from the server. What a visitor types meanwhile makes the settings custom, and stays; all others become the
  // recipe's.
  let awaited = null; // the recipe that was chosen last, until its values have come: its teacher and preset, with the form as it was then
  const typed = new Set(); // fields since then, also those that hold the same value again
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  addEventListener("input", ({target}) => typed.add(target.closest?.(".setting")?.id), true);
  favae.chooseRecipe = (teacher, preset, form) => {
    awaited = preset === CUSTOM ? null : {recipe: [teacher, preset], form};
    typed.clear();
  };
  favae.askRecipe = (teacher, preset) => awaited?.recipe ?? [teacher, preset];
  // Called when values of a recipe have come; `form` is teacher, preset, seed and the settings as they are now, and `names` are those of all.
  favae.fillRecipe = ({recipe, values}, form, names) => {
    const before = awaited?.form;
    if (awaited ? !same(recipe, awaited.recipe) : form[1] === CUSTOM) return form.map(() => AS_IT_IS);
    awaited = null;
    const changed = (index) => before && (typed.has(`setting-${names[index]}`) || !same(form[index], before[index]));
    return values.map((value, index) => value === null || changed(index) ? AS_IT_IS : value);
  };
  favae.recipeFilled = async () => { for (let tries = 100; awaited && tries; tries--) await new Promise((done) => setTimeout(done, 50)); };
  // Called when a visitor starts a training, which browsers want before they ask.
  favae.mayTell = () => { if (window.Notification?.permission === "default") Notification.requestPermission(); };
})();
