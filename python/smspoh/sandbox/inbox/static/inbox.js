// What htmx does not do: the theme, dialogs, copying, and the upkeep of the live list.
"use strict";

const ROWS_MAX = 500; // on a live page; older ones are a page away

const root = document.documentElement;
const byId = (id) => document.getElementById(id);

// A form that is sent before htmx knows it would go the browser's way: the key into the address.
// htmx asked to be called at the same event before this did.
document.addEventListener("DOMContentLoaded", () => root.classList.add("ready"));

function say(words) {
  byId("said").textContent = words;
}

// The theme -----------------------------------------------------------------

const themeButton = byId("theme");
const system = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
}

function showTheme() {
  themeButton.setAttribute("aria-pressed", String(isDark()));
}

themeButton.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  try {
    localStorage.setItem("smspoh-theme", root.dataset.theme);
  } catch {
    // Then it lasts as long as the page.
  }
  showTheme();
});
system.addEventListener("change", showTheme);
showTheme();

// Dialogs and copying -------------------------------------------------------

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copies);
  } catch {
    say("The browser did not let the code be copied.");
    return;
  }
  say(`${button.dataset.copies} is copied.`);
  button.classList.add("done");
  setTimeout(() => button.classList.remove("done"), 1500);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.opens) byId(button.dataset.opens).showModal();
  if ("closes" in button.dataset) button.closest("dialog").close();
  if (button.dataset.copies) copy(button);
});

// The search: fields that ask for nothing stay out of the address ------------

const search = document.querySelector("form.search");
search?.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) {
    if (value === "") event.formData.delete(name);
  }
});

// The live list -------------------------------------------------------------

const rows = byId("rows");
const live = byId("live");

function showLive(isLive) {
  live.classList.toggle("on", isLive);
  live.firstElementChild.textContent = isLive ? "Live" : "Not live";
}

function trim() {
  if (rows.children.length <= ROWS_MAX) return;
  while (rows.children.length > ROWS_MAX) rows.lastElementChild.remove();
  // What was taken away is on the next page.
  const older = byId("older");
  const address = new URL(older.href);
  address.searchParams.set("before", rows.lastElementChild.dataset.serial);
  older.href = address;
  older.hidden = false;
}

if (rows && live) {
  document.addEventListener("htmx:sse:after:connection", () => showLive(true));
  document.addEventListener("htmx:sse:error", () => showLive(false));
  document.addEventListener("htmx:sse:before:connection", () => showLive(false));
  document.addEventListener("htmx:sse:after:message", trim);
  // Wiped, or another gateway: the page begins again.
  document.addEventListener("inbox:gone", () => location.reload());
}
