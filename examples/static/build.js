// Render content/*.md to dist/*.html.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { parse } from "node:path";

import { marked } from "marked";

const page = (title, body) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
<main>
${body}</main>
</html>
`;

await mkdir("dist", { recursive: true });
for (const file of await readdir("content")) {
  const { name, ext } = parse(file);
  if (ext === ".md") {
    const text = await readFile(`content/${file}`, "utf8");
    const title = text.match(/^# (.+)$/m)?.[1] ?? name;
    await writeFile(`dist/${name}.html`, page(title, await marked.parse(text)));
  } else {
    await writeFile(`dist/${file}`, await readFile(`content/${file}`));
  }
}
