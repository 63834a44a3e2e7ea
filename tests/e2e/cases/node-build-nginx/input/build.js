const fs = require("node:fs");
fs.mkdirSync("dist");
fs.writeFileSync("dist/index.html", require("greeter").greet("web"));
