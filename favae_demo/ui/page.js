// What the page does by itself: the address always leads back to what is shown, and a view for the projector.
window.favae = {
  link(changes) {
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
