package problem_test

import "testing"

// TestEditorCredit: an author says what a choice that is partly right earns, which choices stay in their places and how many are shown,
// how boxes earn parts of the points, and what is said to who ticks just some of them: by the form alone.
func TestEditorCredit(t *testing.T) {
	log := steps(t, `
const source = "<problem><multiplechoiceresponse partial_credit=\"points\"><label>q</label><choicegroup type=\"MultipleChoice\">" +
	"<choice correct=\"true\">a</choice><choice correct=\"partial\" point_value=\"0.3\">b</choice><choice correct=\"false\">c</choice></choicegroup></multiplechoiceresponse>" +
	"<choiceresponse partial_credit=\"halves\"><label>r</label><checkboxgroup><choice correct=\"true\">x</choice><choice correct=\"true\">y</choice><choice correct=\"false\">z</choice>" +
	"<compoundhint value=\"A C\">why</compoundhint></checkboxgroup></choiceresponse>" +
	"<stringresponse answer=\"s\" type=\"ci\"><regexphint answer=\"t+\">no</regexphint><textline size=\"20\"/></stringresponse></problem>";
editor.values = { data: source, markdown: null, markdown_edited: false };
await editor.ready();
const part = (n) => '.pf-part:nth-child(' + n + ') ';
const row = (n, m) => part(n) + '[data-rows="rows"] > li:nth-child(' + m + ') ';
const now = () => field("data").value.replace(/\s*\n\s*/g, "");
const seen = (selector) => form(selector).checkVisibility();
const tick = async (selector) => { form(selector).click(); await editor.ready(); };
const choose = async (selector, value) => {
  form(selector).value = value;
  form(selector).dispatchEvent(new Event("change", { bubbles: true }));
  await editor.ready();
};
log({ parts: [...editor.querySelectorAll("[data-title]")].map((h) => h.textContent).join(), credit: form(part(1) + '[data-f="credit"]').value,
  partial: [1, 2, 3].map((n) => form(row(1, n) + '[data-r="partial"]').checked).join(), points: form(row(1, 2) + '[data-r="points"]').value,
  seen: [seen(row(1, 1) + '[data-r="partial"]'), seen(row(1, 1) + '[data-r="points"]'), seen(row(1, 2) + '[data-r="points"]'), seen(row(1, 2) + '[data-r="fixed"]')].join() });
log({ credit: form(part(2) + '[data-f="credit"]').value, boxes: [...editor.querySelectorAll(part(2) + "[data-box]")].map((b) => b.parentElement.textContent.trim() + b.checked).join(),
  text: form(part(2) + '[data-rows="sets"] [data-r="text"]').value, pattern: form(part(3) + '[data-r="pattern"]').checked });
log({ ways: [part(1) + '[data-f="credit"]', part(2) + '[data-f="credit"]', part(3) + '[data-f="compare"]'].map((s) => [...form(s).options].map((o) => o.value).join("|")).join() });
await tick(row(1, 3) + '[data-r="partial"]');
await write(row(1, 3) + '[data-r="points"]', "0.25");
await tick(part(1) + '[data-f="shuffle"]');
await tick(row(1, 3) + '[data-r="fixed"]');
log({ data: now() });
await tick(row(1, 2) + '[data-r="correct"]');
await choose(part(1) + '[data-f="credit"]', "");
await write(part(1) + '[data-f="pool"]', "2");
log({ data: now(), shuffle: form(part(1) + '[data-f="shuffle"]').checked });
await choose(part(2) + '[data-f="credit"]', "EDC");
form(row(2, 1) + "textarea").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", altKey: true, bubbles: true }));
await editor.ready();
log({ data: now().replace(/.*<choiceresponse/, "").replace(/<stringresponse.*/, "") });
await tick(part(2) + '[data-list="sets"]');
log({ focus: document.activeElement.matches(part(2) + '[data-rows="sets"] > li:nth-child(2) [data-box="0"]'), named: document.activeElement.closest("[role=group]").getAttribute("aria-label") });
await tick(part(2) + '[data-rows="sets"] > li:nth-child(2) [data-box="0"]');
await write(part(2) + '[data-rows="sets"] > li:nth-child(2) [data-r="text"]', "y < x");
await tick(row(2, 3) + '[data-do="remove"]');
await tick(part(3) + '[data-r="pattern"]');
log({ data: now().replace(/.*<choiceresponse/, "") });
`)
	var told, other []string
	for _, one := range log {
		if _, is := one["told"]; is {
			told = append(told, "")
			continue
		}
		other = append(other, "")
		log[len(other)-1] = one
	}
	if len(told) < 12 {
		t.Errorf("only %d changes were told", len(told))
	}
	holds(t, log[:len(other)], []string{
		`{"credit":"points","parts":"One right answer,Checkboxes,Short text","partial":"false,true,false","points":"0.3","seen":"false,false,true,false"}`,
		`{"boxes":"A. xtrue,B. yfalse,C. ztrue","credit":"halves","pattern":true,"text":"why"}`,
		`{"ways":"|points,|EDC|halves,ci||ci regexp|regexp"}`,
		`{"data":"*<choicegroup type=\"MultipleChoice\" shuffle=\"true\"><choice correct=\"true\">a</choice><choice correct=\"partial\" point_value=\"0.3\">b</choice><choice correct=\"partial\" point_value=\"0.25\" fixed=\"true\">c</choice></choicegroup>*"}`,
		`{"data":"<problem><multiplechoiceresponse><label>q</label><choicegroup type=\"MultipleChoice\" answer-pool=\"2\"><choice correct=\"false\">a</choice><choice correct=\"true\">b</choice><choice correct=\"false\" fixed=\"true\">c</choice>*","shuffle":false}`,
		`{"data":" partial_credit=\"EDC\"><label>r</label><checkboxgroup><choice correct=\"true\">y</choice><choice correct=\"true\">x</choice><choice correct=\"false\">z</choice><compoundhint value=\"B C\">why</compoundhint></checkboxgroup></choiceresponse>"}`,
		`{"focus":true,"named":"Feedback on combination 2"}`,
		`{"data":" partial_credit=\"EDC\"><label>r</label><checkboxgroup><choice correct=\"true\">y</choice><choice correct=\"true\">x</choice><compoundhint value=\"B\">why</compoundhint><compoundhint value=\"A\">y &lt; x</compoundhint></checkboxgroup></choiceresponse><stringresponse answer=\"s\" type=\"ci\"><stringequalhint answer=\"t+\">no</stringequalhint><textline size=\"20\"/></stringresponse></problem>"}`,
	})
}
