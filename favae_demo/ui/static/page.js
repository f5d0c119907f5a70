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
// Charts carry buttons that save them as they are seen: SVG as it is, PNG four times as large, on the page's own ground.
favae.save = (button) => {
  const figure = button.closest("figure");
  const picture = [...figure.querySelectorAll("img")].find((one) => one.offsetParent);
  const name = figure.querySelector("figcaption").textContent.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const link = document.createElement("a");
  link.href = button.dataset.save === "svg" ? picture.src : favae.png(picture, getComputedStyle(figure).backgroundColor);
  link.download = `${name}.${button.dataset.save}`;
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
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-save]");
  if (button) favae.save(button);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("present")) favae.present(false);
});
function asAsked() {
  document.body.classList.toggle("present", new URLSearchParams(location.search).get("view") === "present");
}
if (document.body) asAsked(); else document.addEventListener("DOMContentLoaded", asAsked);
