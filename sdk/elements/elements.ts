// Defines the elements. A platform loads it once for a page or a frame whose blocks use them.

import { Bins } from "./bins.ts";
import { Choices } from "./choices.ts";
import { Code } from "./code.ts";
import { Dialog } from "./dialog.ts";
import { Feedback } from "./feedback.ts";
import { Hints } from "./hints.ts";
import { Match } from "./match.ts";
import { MathText } from "./math.ts";
import { Order } from "./order.ts";
import { Question } from "./question.ts";
import { Spots } from "./spots.ts";
import { Submit } from "./submit.ts";
import { Tabs } from "./tabs.ts";
import { Text } from "./text.ts";
import { Upload } from "./upload.ts";

const all: Record<string, CustomElementConstructor> = {
  "quoin-bins": Bins,
  "quoin-choices": Choices,
  "quoin-code": Code,
  "quoin-dialog": Dialog,
  "quoin-feedback": Feedback,
  "quoin-hints": Hints,
  "quoin-match": Match,
  "quoin-math": MathText,
  "quoin-order": Order,
  "quoin-question": Question,
  "quoin-spots": Spots,
  "quoin-submit": Submit,
  "quoin-tabs": Tabs,
  "quoin-text": Text,
  "quoin-upload": Upload,
};

for (const [name, constructor] of Object.entries(all)) {
  if (!customElements.get(name)) customElements.define(name, constructor);
}
