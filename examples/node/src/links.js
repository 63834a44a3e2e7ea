import { randomBytes } from "node:crypto";

export class LinkStore {
  #links = new Map();

  get size() {
    return this.#links.size;
  }

  add(url) {
    const code = randomBytes(4).toString("base64url");
    this.#links.set(code, url);
    return code;
  }

  find(code) {
    return this.#links.get(code);
  }
}
