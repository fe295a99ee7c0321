// The pages work without this: it saves a reload and a few keystrokes, no more.
"use strict";

// <pre data-copy> gets a button that copies its text.
for (const text of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent.trim());
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select and copy by hand";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  text.after(button);
}

// An element with data-refresh="5" and an id is fetched again, so many seconds apart, from its data-from or from where it stands. It is replaced where it
// has changed, and where it is gone, the page has become another one. Without data-refresh it is done.
function refresh(part) {
  // Never a reload, which would send a form again.
  const again = () => location.assign(location.href.split("#")[0]);
  const seconds = Number(part.dataset.refresh);
  if (!seconds) return;
  setTimeout(async () => {
    let next = part;
    try {
      const answer = await fetch(part.dataset.from || location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      if (answer.redirected) return again();
      if (answer.ok && !part.contains(document.activeElement)) {
        next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
        if (!next) return again();
        if (next.textContent !== part.textContent) part.replaceWith(next);
        else next = part;
      }
    } catch {
      // The server is away for a moment; the next round may find it.
    }
    refresh(next);
  }, seconds * 1000);
}

for (const part of document.querySelectorAll("[data-refresh]")) refresh(part);
