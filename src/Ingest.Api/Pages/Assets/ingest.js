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

// <section data-refresh="5" id="…"> is fetched again, so many seconds apart, and replaced where it has changed; with data-refresh="" it is done.
function refresh(part) {
  const seconds = Number(part.dataset.refresh);
  if (!seconds) return;
  setTimeout(async () => {
    let next = part;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      const found = answer.ok && !answer.redirected && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
      if (found && found.outerHTML !== part.outerHTML) {
        part.replaceWith(found);
        next = found;
      }
    } catch {
      // The server is away for a moment; the next round may find it.
    }
    refresh(next);
  }, seconds * 1000);
}

for (const part of document.querySelectorAll("[data-refresh]")) refresh(part);
