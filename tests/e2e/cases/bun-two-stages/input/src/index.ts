import { greet } from "./greet";

Bun.serve({ port: 3000, hostname: "0.0.0.0", fetch: () => new Response(greet("web")) });
