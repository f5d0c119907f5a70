// What the visitor takes away: a printed page, the address of what is shown, a picture.
Object.assign(favae, {
  // Prints a page that the server has made, or saves it as PDF: in a frame, so that no window is opened.
  async print(url) {
    const frame = document.createElement("iframe");
    frame.title = "Printing";
    Object.assign(frame.style, {position: "fixed", width: "0", height: "0", border: "0"});
    frame.srcdoc = await (await fetch(url)).text();
    frame.onload = () => {
      frame.contentWindow.addEventListener("afterprint", () => frame.remove());
      frame.contentWindow.print();
    };
    document.body.append(frame);
  },

  async copyLink() {
    const done = await favae.copyText(location.href);
    favae.say(favae.said[done ? "link" : "no_link"]);
  },
  async copyText(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch { // without https browsers know only the old way
      const field = Object.assign(document.createElement("textarea"), {value: text});
      field.style.position = "fixed";
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      return done;
    }
  },

  // Copies the picture in sight of those that the selector finds, at its own size.
  copyPicture(selector) {
    const picture = [...document.querySelectorAll(selector)].find((one) => one.offsetParent && one.naturalWidth);
    if (!picture) return favae.say(favae.said.nothing);
    const canvas = Object.assign(document.createElement("canvas"), {width: picture.naturalWidth, height: picture.naturalHeight});
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return favae.copyImage(new Promise((done) => canvas.toBlob(done)));
  },
  copyChart(picture, ground) { // as it is saved
    return favae.copyImage(fetch(favae.png(picture, ground)).then((answer) => answer.blob()));
  },
  async copyImage(png) {
    try { // a promise: Safari wants the call at once
      await navigator.clipboard.write([new ClipboardItem({"image/png": png})]);
      favae.say(favae.said.picture);
    } catch {
      favae.say(favae.said.no_picture);
    }
  },

  // Shows a sentence for a few seconds; screen readers read it too.
  say(sentence) {
    let note = document.getElementById("said");
    if (!note) {
      note = Object.assign(document.createElement("p"), {id: "said"});
      note.setAttribute("role", "status");
      document.body.append(note);
    }
    clearTimeout(favae.silence);
    setTimeout(() => { note.textContent = sentence; }, 50); // once the element is there: else it is not read
    favae.silence = setTimeout(() => { note.textContent = ""; }, 8000);
  },
});
