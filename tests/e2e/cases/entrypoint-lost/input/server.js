const server = require("node:http").createServer((_, response) => response.end("hello web"));
server.listen(8000);
process.on("SIGTERM", () => process.exit(0));
