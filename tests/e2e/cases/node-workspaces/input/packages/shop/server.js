const { greet } = require("greeter");

require("http").createServer((_, response) => response.end(greet("web"))).listen(3000);
