const fs = require("fs");

fs.mkdirSync(".next/standalone/.next/cache", { recursive: true });
fs.copyFileSync("server.js", ".next/standalone/server.js");
