// Drives the practice directory with Microsoft's own JavaScript client, one step for each start. The step and what it needs come as JSON on
// the command line; what the client got goes to standard output as JSON. The tests beside it compare.
"use strict";

const { readFileSync, writeFileSync } = require("node:fs");
const { BatchRequestContent, BatchResponseContent, Client, PageIterator, ResponseType } = require("@microsoft/microsoft-graph-client");

const { base, tenant, client_id, client_secret } = JSON.parse(process.env.PRACTICE);

// The client credentials flow, as any client does it.
async function signIn() {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id,
    client_secret,
    scope: "https://graph.microsoft.com/.default",
  });
  const answer = await fetch(`${base}/${tenant}/oauth2/v2.0/token`, { method: "POST", body: form });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`sign-in: ${JSON.stringify(body)}`);
  return body.access_token;
}

// The client gives its token, and takes an absolute address, only where it says https; the practice directory speaks plain HTTP on this
// machine. So the client is told https throughout, and here, below everything that is the client's, it becomes HTTP and back.
const secure = base.replace("http://", "https://");
const sent = [];
const plainFetch = globalThis.fetch;
async function wire(address, options) {
  if (!String(address).startsWith(`${secure}/`)) throw new Error(`the client asks ${address}`);
  const answer = await plainFetch(base + String(address).slice(secure.length), options);
  sent.push({ status: answer.status, at: Date.now(), retryAfter: answer.headers.get("Retry-After") });
  if (!(answer.headers.get("Content-Type") ?? "").startsWith("application/json")) return answer;
  const text = (await answer.text()).replaceAll(`"${base}/`, `"${secure}/`);
  return new Response(text, { status: answer.status, statusText: answer.statusText, headers: answer.headers });
}

async function open() {
  const token = await signIn();
  globalThis.fetch = wire;
  return Client.initWithMiddleware({
    authProvider: { getAccessToken: async () => token },
    baseUrl: secure,
    customHosts: new Set([new URL(base).hostname]),
    defaultVersion: "v1.0",
  });
}

// All items behind an address, by the client's own iterator.
async function all(client, path, headers = {}) {
  const items = [];
  const first = await client.api(path).headers(headers).get();
  const pages = new PageIterator(client, first, (item) => items.push(item) > 0, { headers });
  await pages.iterate();
  if (!pages.isComplete()) throw new Error("the iterator did not reach the end");
  return { items, firstPage: first.value.length, count: first["@odata.count"], deltaLink: pages.getDeltaLink() };
}

const steps = {
  async pages(client, { path, headers }) {
    return all(client, path, headers);
  },

  async get(client, { path }) {
    return client.api(path).get();
  },

  async patch(client, { path, body }) {
    const answer = await client.api(path).patch(body);
    return { answer: answer ?? null, sent };
  },

  // Sets the manager, reads it, and takes it away.
  async manager(client, { user, manager }) {
    await client.api(`/users/${user}/manager/$ref`).put({ "@odata.id": `${base}/v1.0/users/${manager}` });
    const found = await client.api(`/users/${user}/manager`).select("id").get();
    await client.api(`/users/${user}/manager/$ref`).delete();
    const gone = await client.api(`/users/${user}/manager`).get().catch((error) => error.statusCode);
    return { found: found.id, gone };
  },

  // The client puts the batch together and takes its answer apart.
  async batch(client, { requests }) {
    const steps = requests.map(({ id, method, path, body, dependsOn }) => ({
      id,
      dependsOn,
      request: new Request(`https://graph.microsoft.com${path}`, {
        method,
        headers: body ? { "Content-Type": "application/json" } : {},
        body: body ? JSON.stringify(body) : undefined,
      }),
    }));
    const content = await new BatchRequestContent(steps).getContent();
    const answer = new BatchResponseContent(await client.api("/$batch").post(content));
    const told = {};
    for (const [id, response] of answer.getResponses()) {
      const text = await response.text();
      told[id] = { status: response.status, body: text ? JSON.parse(text) : null };
    }
    return told;
  },

  async "photo-put"(client, { user, file }) {
    await client.api(`/users/${user}/photo/$value`).header("Content-Type", "image/jpeg").put(readFileSync(file));
    return null;
  },

  async "photo-get"(client, { user, file }) {
    const facts = await client.api(`/users/${user}/photo`).get();
    const bytes = await client.api(`/users/${user}/photo/$value`).responseType(ResponseType.ARRAYBUFFER).get();
    writeFileSync(file, Buffer.from(bytes));
    return facts;
  },

  // What the client makes of a refusal.
  async refused(client, { path, method, body }) {
    const request = client.api(path);
    const refused = await (method === "PATCH" ? request.patch(body) : request.get()).then(
      () => null,
      (error) => error,
    );
    if (refused === null) throw new Error("it was not refused");
    const { statusCode, code, message, requestId, date, body: raw } = refused;
    return { statusCode, code, message, requestId, hasDate: date instanceof Date && !Number.isNaN(date.getTime()), body: JSON.parse(raw) };
  },

  // The table of what the metadata extract lacks, beside Microsoft's own types: what they do not have comes back.
  async types(_, { table }) {
    const file = require.resolve("@microsoft/microsoft-graph-types/microsoft-graph.d.ts");
    const declared = new Map();
    for (const [, name, , body] of readFileSync(file, "utf8").matchAll(/^export interface (\w+)( extends \w+)? \{\r?\n([^]*?)^\}/gm)) {
      declared.set(name.toLowerCase(), new Set([...body.matchAll(/^ {4}(\w+)\??:/gm)].map(([, member]) => member)));
    }
    const unknown = [];
    for (const { owner, member } of table) {
      const own = declared.get(owner.toLowerCase());
      if (!own?.has(member) && !(member === "id" && own)) unknown.push(`${owner}.${member}`);
    }
    return { interfaces: declared.size, unknown };
  },
};

async function main() {
  const [step, given] = process.argv.slice(2);
  const told = await steps[step](step === "types" ? null : await open(), JSON.parse(given));
  process.stdout.write(JSON.stringify(told ?? null));
}

main().catch((error) => {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exit(1);
});
