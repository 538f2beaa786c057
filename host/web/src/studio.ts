// Studio's pages. Every form here works without scripts, too.

import { serveGrades } from "./studiogrades";
import "./studiodrop";
import "./studiotransfer";
import { Outline } from "./studiooutline";
import { serveForm } from "./studiosheet";
import { setUpRows } from "./rows";

customElements.define("quoin-outline", Outline);
setUpRows();
for (const form of document.querySelectorAll<HTMLFormElement>("main form[data-studio-form]")) serveForm(form);
serveGrades();
