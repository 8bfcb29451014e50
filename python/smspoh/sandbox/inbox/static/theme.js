// Before the first paint: the theme that was chosen, and that there are scripts.
"use strict";
document.documentElement.classList.add("script");
try {
  const chosen = localStorage.getItem("smspoh-theme");
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
} catch {
  // A browser that keeps nothing has the theme of the system.
}
