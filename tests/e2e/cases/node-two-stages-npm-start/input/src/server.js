const http = require("node:http");
const { greet } = require("greeter");
const server = http.createServer((_, response) => response.end(greet("web")));
server.listen(3000, "0.0.0.0");
process.on("SIGTERM", () => process.exit(0));
