const fs = require("fs");

process.on("SIGTERM", () => process.exit(0));
require("http").createServer((_, response) => {
  fs.writeFileSync(".next/cache/last", "seen");
  response.end(fs.readFileSync("public/greeting.txt", "utf8"));
}).listen(Number(process.env.PORT), process.env.HOSTNAME);
