// The acid test in TypeScript: the same rows as the Go edition (examples/blocks/acid), checked by code of its own.
import { types } from "@quoin/sdk";
import { app, child } from "./parts/kinds.ts";
import { page } from "./parts/page.ts";
import { question } from "./parts/question.ts";

export default types({ acid_ts: page, acid_ts_question: question, acid_ts_child: child, acid_ts_app: app });
