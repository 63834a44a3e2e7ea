const fs = require("node:fs");
const http = require("node:http");
const directory = process.env.UPLOADS || "uploads";
const server = http.createServer((_, response) => {
  fs.appendFileSync(`${directory}/log`, "x");
  response.end(`hello ${fs.readFileSync(`${directory}/log`, "utf8").length}`);
});
server.listen(3000);
process.on("SIGTERM", () => process.exit(0));
