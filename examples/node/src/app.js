import express from "express";

import { LinkStore } from "./links.js";

export function createApp(store = new LinkStore()) {
  const app = express();
  app.use(express.json());

  app.get("/healthz", (request, response) => {
    response.json({ status: "ok", links: store.size });
  });

  app.post("/links", (request, response) => {
    const target = request.body?.url;
    if (!URL.canParse(target)) {
      response.status(400).json({ error: "url must be an absolute URL" });
      return;
    }
    response.status(201).json({ code: store.add(target) });
  });

  app.get("/:code", (request, response) => {
    const target = store.find(request.params.code);
    if (target === undefined) {
      response.status(404).json({ error: "no such link" });
      return;
    }
    response.redirect(302, target);
  });

  return app;
}
