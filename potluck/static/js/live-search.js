// The search box of the home page answers while somebody types: it asks for the page that the form
// would lead to, and takes over what was found there. Without this file the form works as it stands.

/** A quick typist hits ten keys a second: this long without one, and a word is likely finished. */
const PAUSE_MS = 120;

const form = document.querySelector("form[data-live]");
if (form instanceof HTMLFormElement) start(form);

/** @param {HTMLFormElement} form */
function start(form) {
  const box = /** @type {HTMLInputElement} */ (form.elements.namedItem("q"));
  const place = form.dataset.live ?? "";
  const status = document.querySelector("[role=status][data-told]");
  let shown = address(box.defaultValue);
  let timer = 0;
  /** @type {AbortController | undefined} */
  let asking;

  /** Where the form leads with these words. @param {string} words */
  function address(words) {
    const fields = new FormData(form);
    fields.set("q", words.trim());
    const given = [...fields].filter(([, value]) => value !== "").map(([name, value]) => [name, String(value)]);
    const query = new URLSearchParams(given).toString();
    return form.action + (query && `?${query}`);
  }

  function stop() {
    clearTimeout(timer);
    asking?.abort();
    asking = undefined;
  }

  async function ask() {
    const wanted = address(box.value);
    stop();
    if (wanted === shown) return;
    const mine = (asking = new AbortController());
    try {
      const answer = await fetch(wanted, { headers: { Accept: "text/html" }, signal: mine.signal });
      const html = await answer.text();
      if (answer.ok && mine === asking) show(wanted, html);
    } catch {
      // Offline, or overtaken by the next question: what is there stays, and Enter asks again.
    }
  }

  /** @param {string} wanted @param {string} html */
  function show(wanted, html) {
    const before = document.querySelector(place);
    const after = new DOMParser().parseFromString(html, "text/html").querySelector(place);
    if (!(before instanceof HTMLElement && after instanceof HTMLElement)) return;
    const hadFocus = before.contains(document.activeElement);
    before.replaceWith(after);
    if (hadFocus) box.focus();
    if (status) status.textContent = after.dataset.told ?? "";
    history.replaceState(history.state, "", wanted);
    shown = wanted;
    box.defaultValue = new URL(wanted).searchParams.get("q") ?? "";
  }

  /** @param {Event} event */
  function typed(event) {
    // Half a word of an input method is nothing to look for.
    if (event instanceof InputEvent && event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  }

  box.addEventListener("input", typed);
  box.addEventListener("compositionend", typed);
  // Enter asks for the whole page, which is enough.
  form.addEventListener("submit", stop);
  // Back to a page as it was left: the words are again those of what it shows.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    stop();
    form.reset();
  });
  // What was typed before this file came.
  ask();
}
