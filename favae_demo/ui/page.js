// What the page does by itself: the address always leads back to what is shown, and a view for the projector.
window.favae = {
  waiting: {},  // until the page has read its own address, nothing may change it
  opened() {
    const {tab, ...changes} = favae.waiting ?? {};
    favae.waiting = null;
    favae.link(changes);
  },
  link(changes) {
    if (favae.waiting) { Object.assign(favae.waiting, changes); return; }
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(changes)) {
      if (value) url.searchParams.set(name, value); else url.searchParams.delete(name);
    }
    history.replaceState(null, "", url);
  },
  present(on) {
    document.body.classList.toggle("present", on);
    favae.link({view: on ? "present" : ""});
  },
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("present")) favae.present(false);
});
function asAsked() {
  document.body.classList.toggle("present", new URLSearchParams(location.search).get("view") === "present");
}
if (document.body) asAsked(); else document.addEventListener("DOMContentLoaded", asAsked);
