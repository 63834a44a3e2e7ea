require("node:fs").writeFileSync("/shared/name", "prepared");
