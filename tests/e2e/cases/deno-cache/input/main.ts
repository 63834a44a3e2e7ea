Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
Deno.serve({ port: 8000, hostname: "0.0.0.0" }, () => new Response("hello web"));
