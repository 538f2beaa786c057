// Everything that a block is written with. See README.md for the first block.
export { block, types } from "./block.ts";
export type { Block, Definition, Graded, HandlerDefinition, MountDefinition, Outlined, Request, Reported, SampleContent, ViewDefinition, View } from "./block.ts";
export { Call } from "./call.ts";
export { Refusal, forbid, notFound, refuse } from "./errors.ts";
export { content, preferences, settings, summary, userInfo, userState } from "./fields.ts";
export type { Declared, FieldSet, ValuesOf } from "./fields.ts";
export { html, raw } from "./html.ts";
export type { Markup } from "./html.ts";
export { messages } from "./messages.ts";
export type { Catalogue } from "./messages.ts";
export { Reply, json, ok } from "./reply.ts";
export { serve } from "./serve.ts";
export { invalid, pending, scored } from "./verdict.ts";
export type * from "./wire.ts";
