// Starts the API browser with the document that the page names.

const place = document.querySelector("[data-openapi]");

// @ts-ignore: a global of the bundle that the page loads before this module
const browser = globalThis.SwaggerUIBundle;

browser({
  url: place.dataset.openapi,
  domNode: place,
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null,
  presets: [browser.presets.apis],
  layout: "BaseLayout",
});
