fetch("http://localhost:3000/").then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1));
