import { block, content, html, ok, type Call, type HTTP } from "@quoin/sdk";
import { collections, forApp, words } from "./shared.ts";

/** A child: a block with a name and nothing else. */
export const child = block({
  fields: { name: content.string({ default: "1", title: "Name" }) },
  messages: words,
  collections,
  outline: (_call, { name }) => ({ facts: { title: `Acid child ${name}`, icon: "text" }, public: { name } }),
  views: { learner: { reads: { locale: true, prepared: true }, render: (call, view) => html`<p>${call.t("child", view.public.name)}</p>` } },
  samples: () => [{ name: "child", title: "A child" }],
});

/** What the app found of what the checks in the course wrote. */
interface Saw {
  learner: string;
  things: number;
  elements: boolean;
}

function saw(call: Call): { before: { id: string; version: number; body: Saw } | undefined; things: number } {
  const me = call.context.subject ?? "";
  const [before] = call.documents({ collection: "apps", index: "by_learner", equal: [me] }).documents ?? [];
  const things = call.documents({ collection: "things", index: "by_tag", equal: [forApp(me)], count: true }).count ?? 0;
  return { before: before as { id: string; version: number; body: Saw } | undefined, things };
}

/** Reports whether the app's script found the platform's elements. */
function toldOf(request: HTTP): boolean {
  try {
    return (JSON.parse(String(request.body ?? "")) as { elements?: unknown } | null)?.elements === true;
  } catch {
    return false; // a press of the button tells nothing
  }
}

export const app = block({
  kind: "app",
  fields: {},
  messages: words,
  collections,
  views: {
    tab: {
      slot: "course.tab", roles: ["learner"], reads: { user: true, locale: true },
      render(call) {
        const said = (saw(call).before?.body.things ?? 0) > 0 ? "seen" : "nothing";
        return {
          html: html`<p class="acid-${said}">${call.t(`app.${said}`)}</p><div class="submit-bar"><button class="button" form="quoin:form" name="handler" value="look">${call.t("app.look")}</button></div><quoin-hints><details><summary>${call.t("section", "quoin-hints")}</summary><p>${call.t("intro")}</p></details></quoin-hints>`,
          element: "acid-app", scripts: ["acid.js"], height: 140,
        };
      },
    },
  },
  handlers: {
    look: {
      roles: ["learner"], reads: { user: true, locale: true },
      handle(call, request) {
        const { before, things } = saw(call);
        const learner = call.context.subject ?? "";
        const body = { learner, things, elements: toldOf(request) || (before?.body.elements ?? false) };
        return before ? ok().replace("apps", before.id, before.version, body) : ok().create("apps", learner, body);
      },
    },
  },
  samples: () => [{ name: "app", title: "The app" }],
});
