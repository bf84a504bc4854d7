/* Starts the API reference; nothing is asked of any other host. */
addEventListener("DOMContentLoaded", () => {
  "use strict";

  const place = document.getElementById("api-docs");
  const { schema, csrf } = place.dataset;
  SwaggerUIBundle({
    domNode: place,
    url: schema,
    validatorUrl: null,
    deepLinking: true,
    requestInterceptor: (request) => {
      request.headers["X-CSRFToken"] = csrf; // whoever is signed in on the site may try the verbs, too
      return request;
    },
  });
});
