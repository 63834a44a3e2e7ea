const { greet } = require("greeter");

process.on("SIGTERM", () => process.exit(0));
require("http").createServer((_, response) => response.end(greet("web"))).listen(3000);
