// What the visitor takes away: a printed page.
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
});
