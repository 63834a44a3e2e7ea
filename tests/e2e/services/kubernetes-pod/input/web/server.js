const http = require("node:http");
const { readFileSync } = require("node:fs");
const { greet } = require("greeter");

http.createServer((_, answer) => answer.end(greet(readFileSync("/shared/name", "utf8")))).listen(3000);
process.on("SIGTERM", () => process.exit(0));
