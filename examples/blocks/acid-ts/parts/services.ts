// The rows about services and about requests from and to the outside.
import { json, ok, type Call, type HTTP, type Reply } from "@quoin/sdk";
import type { MountRequest } from "@quoin/sdk";
import type { Values } from "./fields.ts";
import { searchWord } from "./shared.ts";
import { things } from "./effects.ts";
import { after, begin, type Request, type Response } from "./tasks.ts";
import { refusal, type Step, type Trial } from "./trial.ts";

type Steps = Record<string, Step<Values>[]>;

/** The handle of the site's secret that rows sign with. */
export const secretName = "acid";

const signs = (secret: string): Step<Values> => (t) => {
  const signature = t.call.sign({ secret, algorithm: "hmac-sha256", payload: "a text" });
  const right = t.call.verify({ secret, algorithm: "hmac-sha256", payload: "a text", signature });
  const wrong = t.call.verify({ secret, algorithm: "hmac-sha256", payload: "another", signature });
  t.holds(right.valid && !wrong.valid, [right, wrong]);
};

/** Holds where what is asked is refused as forbidden. */
const forbidden = (t: Trial<Values>, what: string, ask: () => unknown): void => {
  const code = refusal(ask);
  if (code !== "forbidden") t.red(`${what}: ${code || "was answered"}`);
};

export const serviceChecks: Steps = {
  "services.users": [(t) => {
    const users = t.call.users(t.me, "nobody-of-this-name");
    t.holds(users.length === 1 && users[0]?.id === t.me && users[0].username !== "", users.length);
  }],
  "services.enrolments": [(t) => {
    const own = t.call.enrolments({ learner: t.me }).enrolments ?? [];
    t.holds(own.length === 1 && own[0]?.active === true, own.length);
    forbidden(t, "a list of all", () => t.call.enrolments({}));
  }],
  "services.scores": [(t) => {
    t.call.scores([t.me], [t.call.context.usage ?? ""]);
    t.green();
    forbidden(t, "another's scores", () => t.call.scores(["somebody-else"], [t.call.context.usage ?? ""]));
  }],
  "services.children": [(t) => {
    const ids = t.call.children().map((child) => child.id).sort();
    t.holds(JSON.stringify(ids) === JSON.stringify([...(t.given.public["children"] as string[])].sort()), ids);
  }],
  "services.search": [(t) => {
    const hits = t.call.search(searchWord, 20);
    t.holds(hits.some((hit) => hit.usage === t.call.context.usage), hits);
  }],
  "services.files": [(t) => {
    const missing = refusal(() => t.call.file({ path: "acid/nowhere.txt" }));
    const name = String(t.given.public["file"] ?? "");
    if (missing !== "not_found") t.red(`a file that is not there: ${missing}`);
    else if (name === "") t.green();
    else {
      const { file, data } = t.call.file({ path: name });
      t.holds(data.length > 0 && data.length === file.size, `${data.length} of ${file.size} bytes came`);
    }
  }],
  "services.when": [(t) => {
    t.green();
    forbidden(t, "an outside request", () => t.call.http({ method: "GET", url: "https://example.org/", key: "when" }));
    forbidden(t, "a program", () => t.call.script({ language: "python", code: "x = 1", seed: 1 }));
  }],
  "services.hmac": [signs(secretName)],
  "services.jwt": [(t) => {
    const token = t.call.sign({ secret: secretName, algorithm: "HS256", claims: { sub: "acid" } });
    const right = t.call.verify({ secret: secretName, algorithm: "HS256", signature: token });
    const forged = token.slice(0, token.lastIndexOf(".") + 1) + "A".repeat(43);
    const wrong = t.call.verify({ secret: secretName, algorithm: "HS256", signature: forged });
    t.holds(right.valid && JSON.stringify(right.claims) === '{"sub":"acid"}' && !wrong.valid, [right, wrong]);
  }],
  "services.typed": [signs("typed")],
  "services.rs256": [(t) => {
    const token = t.call.sign({ secret: secretName, algorithm: "RS256", claims: { a: 1 } });
    t.holds(t.call.verify({ key_set: t.call.keySet(), algorithm: "RS256", signature: token }).valid, "its own token does not hold");
  }],
  "services.keyset": [(t) => t.holds(t.call.keySet().startsWith("http"), "the address is none")],
};

/** Answers a mount: what was heard of the request. */
export function serveMount(call: Call, place: string, r: HTTP & Pick<MountRequest, "nonce" | "spent">): Reply {
  const header = (name: string): string => (r.headers?.[name] ?? []).join("");
  const tag = (r.query?.["q"] ?? []).join("");
  if (r.path === "/leads") return ok().see("/hook/there");
  const reply = json({
    role: call.context.role ?? "", subject: call.context.subject ?? "", method: r.method, path: r.path ?? "", query: tag, body: String(r.body ?? ""),
    form: Object.keys(r.form ?? {}).length, header: header("x-acid"), filled: header("x-acid-secret") !== "" && !header("x-acid-secret").includes("{{"),
    cookie: header("cookie") !== "", place, nonce: r.nonce ?? "", spent: r.spent ?? false, id: call.random.id(),
  });
  return r.path === "/change" || r.path === "/once" ? reply.insert("things", { tag: `mount ${tag}`, n: 0 }) : reply;
}

const asks = (requests: (tag: string) => Request[]): Step<Values> => begin((tag) => ({ mode: "ask", asks: requests(tag) }));

const get = (path: string): Request => ({ key: path, method: "GET", url: path });

/** Waits for the answers, and tells when the site is none that the manifest names. */
const answered = (look: (t: Trial<Values>, answers: Response[]) => void): Step<Values> => after((t, { answers = [] }) => {
  const unhosted = answers.find(({ code, message = "" }) => code === "unavailable" || message.includes("does not name the host") && !message.includes("nowhere"));
  if (unhosted) t.says("none", unhosted.message ?? "");
  else look(t, answers);
});

const served = (t: Trial<Values>): number => things(t, `mount ${t.kept<string>()}`).length;

/** A request two times under one Idempotency-Key, with the same body or another one. */
const twice = (path: string, body: string): Request[] => {
  const headers = { "Idempotency-Key": `acid ${path}`, "Content-Type": "text/plain" };
  return [
    { key: "first", method: "POST", url: path, headers, body: "the same" },
    { key: "second", method: "POST", url: path, headers, body },
  ];
};

export const outsideChecks: Steps = {
  "outside.http": [asks(() => [get("/hook/hello")]), answered((t, [a]) => t.holds(a?.status === 200 && a.body?.["path"] === "/hello", a))],
  "outside.secret": [
    asks(() => [{ ...get("/hook/secret"), headers: { "X-Acid-Secret": `{{secret:${secretName}}}` } }]),
    answered((t, [a]) => t.holds(a?.body?.["filled"] === true, a)),
  ],
  "outside.recorded": [
    asks((tag) => {
      const ask = { key: "one", method: "POST", url: `/hook/once?q=${tag}`, body: "x", headers: { "Content-Type": "text/plain" } };
      return [ask, ask];
    }),
    answered((t, [a, b]) => t.holds(!!a?.text && a.text === b?.text && served(t) === 1, `${served(t)} requests were served`)),
  ],
  "outside.host": [asks(() => [{ ...get("/"), url: "https://nowhere.example/" }]), answered((t, [a]) => t.holds(a?.code === "forbidden", a))],
  "outside.mount": [
    asks(() => [{ key: "mount", method: "POST", url: "/hook/raw?q=x", body: "a=1&b=2", headers: { "X-Acid": "heard", "Content-Type": "application/x-www-form-urlencoded" } }]),
    answered((t, [a]) => {
      const { id: _, nonce: __, ...heard } = a?.body ?? {};
      const want = {
        role: "outside", subject: "", method: "POST", path: "/raw", query: "x", body: "a=1&b=2", form: 0, header: "heard", filled: false, cookie: false,
        place: t.given.public["place"], spent: false,
      };
      t.holds(JSON.stringify(heard) === JSON.stringify(want), heard);
    }),
  ],
  "outside.role": [asks(() => [get("/members/list")]), answered((t, [a]) => t.holds([401, 403, 404].includes(a?.status ?? 0), a))],
  "outside.get": [
    asks((tag) => [get(`/hook/change?q=${tag}`)]),
    answered((t, [a]) => t.holds((a?.status ?? 0) >= 400 && served(t) === 0, `status ${a?.status}, and ${served(t)} changes were made`)),
  ],
  "outside.repeat": [
    asks((tag) => twice(`/hook/once?q=${tag}`, "the same")),
    answered((t, [a, b]) => t.holds(!!a?.body?.["id"] && a.text === b?.text && served(t) === 1, `${served(t)} were served: ${a?.text}, ${b?.text}`)),
  ],
  "outside.conflict": [
    asks((tag) => twice(`/hook/once?q=${tag}`, "another")),
    answered((t, [a, b]) => t.holds(a?.status === 200 && b?.status === 409 && served(t) === 1, `status ${a?.status} and ${b?.status}, ${served(t)} served`)),
  ],
  "outside.redirect": [asks(() => [get("/hook/leads")]), answered((t, [a]) => t.holds(a?.status === 303 && !!a.location?.endsWith("/hook/there"), a))],
  "outside.nonce": [
    asks(() => [get("/hook/nonce")]),
    answered((t, [a]) => (a?.body?.["nonce"] ? t.holds(a.body["spent"] === false, "a new nonce is spent") : t.says("none", "the mount was given no nonce"))),
  ],
};

