import { greet } from "./greet";

process.on("SIGTERM", () => process.exit(0));
Bun.serve({ port: 3000, hostname: "0.0.0.0", fetch: () => new Response(greet("web")) });
