// The shell: the choice of light or dark, and "/" to search. Every page works without it.

const root = document.documentElement;
const toggle = document.querySelector("[data-theme-toggle]");

if (toggle instanceof HTMLElement) {
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    // A cookie, so that the server renders the next page in it and nothing flashes.
    const secure = location.protocol === "https:" ? ";secure" : "";
    const path = root.dataset.base || "/";
    document.cookie = `potluck_theme=${root.dataset.theme};path=${path};max-age=31536000;samesite=lax${secure}`;
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target;
  if (target instanceof Element && target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.querySelector("[data-search]");
  if (box instanceof HTMLInputElement && box.offsetParent) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});
