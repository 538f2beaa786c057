// What a block's script imports. The elements themselves are brought by the platform wherever a view uses one.

export { announce, call, onLive, optimistic, platform, send } from "./runtime.ts";
export type { At, Json, Platform, Sent, Shown } from "./runtime.ts";
