package host_test

import (
	"encoding/json"
	"html"
	"strconv"
	"strings"
	"testing/fstest"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// probe shows and answers what tests ask of it.
type probe struct{}

type probeFields struct {
	HTML string `quoin:"html,content" default:"\"<p>probe</p>\""`
	Word string `quoin:"word,user_state"`
}

type probePublic struct{ HTML string }

func (probe) Outline(_ *sdk.Call, f *probeFields, _ []wire.Child) (sdk.Outline[probePublic, sdk.None], error) {
	return sdk.Outline[probePublic, sdk.None]{Facts: wire.Facts{Title: "Probe", Completion: wire.CompleteByBlock}, Public: probePublic{f.HTML}}, nil
}

func (probe) Render(_ *sdk.Call, v sdk.View[probeFields, probePublic]) (sdk.Fragment, error) {
	switch v.Public.HTML {
	case "panic":
		panic("on purpose")
	case "element":
		return sdk.Fragment{
			HTML: `<p>inside</p>`, Element: "probe-box", Init: map[string]string{"greeting": "</script><b>hello"},
			Scripts: []string{"probe.js"}, Styles: []string{"probe.css"},
		}, nil
	}
	return sdk.Fragment{HTML: v.Public.HTML + `<p class="word">word=` + v.Fields.Word + `</p>`}, nil
}

func (probe) Handle(_ *sdk.Call, r *sdk.Request[probeFields, probePublic]) (*sdk.Reply, error) {
	switch r.Handler {
	case "echo":
		return sdk.JSON(map[string]any{"method": r.Method, "body": string(r.Body.Data), "query": r.Query, "word": r.Fields.Word}), nil
	case "set":
		word := string(r.Body.Data)
		if list := r.Form["word"]; len(list) > 0 {
			word = strings.Join(list, ",")
		}
		for _, f := range r.Files {
			word += " " + f.Input + ":" + f.Name + ":" + strconv.FormatInt(f.Size, 10)
		}
		r.Fields.Word = word
		return sdk.JSON("kept"), nil
	case "document":
		return sdk.OK().Text("text/html", "<script>document.title='run'</script>"), nil
	case "see":
		return sdk.OK().Status(303).See("/hook/below"), nil
	case "refuse":
		return nil, sdk.Refuse("not like this")
	}
	return nil, sdk.NotFound("no handler")
}

func (probe) Mount(c *sdk.Call, _ *probeFields, r wire.MountRequest) (*sdk.Reply, error) {
	if strings.HasSuffix(r.Path, "/change") {
		return sdk.JSON(map[string]any{"changed": r.Headers}).Insert("log", map[string]string{"path": r.Path}), nil
	}
	return sdk.JSON(map[string]any{"path": r.Path, "role": c.Context.Role, "headers": r.Headers, "body": string(r.Body.Data)}), nil
}

// ImportOLX implements sdk.Importer: the attribute html is what is shown.
func (probe) ImportOLX(_ *sdk.Call, source []byte, _ []wire.OLXFile) (wire.Fields, []wire.Finding, error) {
	_, after, found := strings.Cut(string(source), `html="`)
	if !found {
		return wire.Fields{}, nil, nil
	}
	text, _, _ := strings.Cut(after, `"`)
	encoded, err := json.Marshal(html.UnescapeString(text))
	return wire.Fields{"html": encoded}, nil, err
}

func probeBlock() sdk.Block {
	everybody := []wire.Role{wire.RoleLearner, wire.RoleVisitor}
	learner := []wire.Role{wire.RoleLearner}
	reads := wire.Reads{Prepared: true, Fields: []string{"word"}}
	return sdk.New[probeFields, probePublic, sdk.None](probe{}, sdk.Spec{
		Views: []wire.View{{Name: wire.ViewLearner, Reads: reads}},
		Handlers: []wire.Handler{
			{Name: "echo", Roles: learner, Reads: reads},
			{Name: "set", Roles: learner, Reads: reads},
			{Name: "document", Roles: learner},
			{Name: "see", Roles: learner},
			{Name: "refuse", Roles: learner},
			{Name: "public", Roles: everybody},
		},
		Mounts: []wire.Handler{
			{Name: "hook", Roles: []wire.Role{wire.RoleOutside, wire.RoleLearner}, Reads: wire.Reads{Role: true}},
			{Name: "inner", Roles: learner, Reads: wire.Reads{Role: true}},
		},
		Collections: []wire.Collection{{Name: "log"}},
	})
}

// probeFiles are a package's assets, some of them as bad as can be.
var probeFiles = fstest.MapFS{
	"secret.txt": {Data: []byte("not an asset")},
	"assets/probe.js": {Data: []byte(`customElements.define("probe-box", class extends HTMLElement {
  connectedCallback() {
    const mine = window.quoin.of(this);
    document.documentElement.dataset.init = mine.init.greeting;
    mine.call("echo", {n: 1}).then((a) => { document.documentElement.dataset.echo = a.body; });
  }
});`)},
	"assets/probe.css":  {Data: []byte(`probe-box { letter-spacing: 3px; }`)},
	"assets/evil.html":  {Data: []byte(`<!doctype html><script>document.title = "run"; document.documentElement.dataset.cookie = "x" + document.cookie;</script>`)},
	"assets/evil.svg":   {Data: []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>document.documentElement.setAttribute("data-run", "yes")</script></svg>`)},
	"assets/sub/a.json": {Data: []byte(`{"a":1}`)},
}

const permissions = `"permissions": [{"name": "documents", "reason": "r"}, {"name": "mount", "reason": "r", "values": ["hook", "inner"]},
	{"name": "embed", "reason": "r", "values": ["video.example.org"]}]`

// installProbes puts in a probe of the binary, and the same from elsewhere, which no page may trust.
func (w *world) installProbes() {
	for name, builtIn := range map[string]bool{"probe": true, "stranger": false} {
		w.installManifest(`{"name": "`+name+`", "version": "1.0.0", "title": "Probe", "description": "D", "licence": "Apache-2.0",
			"assets": "assets", `+permissions+`}`, probeFiles, builtIn, probeBlock())
	}
}

// forces is a course with everything that pages must cope with.
func (w *world) forces() key.Course {
	w.t.Helper()
	return w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Phys"/>`,
		"course/now.xml": `<course display_name="Forces and motion" start="&quot;2020-01-01T00:00:00Z&quot;">
			<chapter url_name="first"/><chapter url_name="later"/><chapter url_name="team"/></course>`,
		"about/overview.html":              `<section class="about"><h2>About this course</h2><p>Why things fall.</p><script>x()</script></section>`,
		"policies/now/policy.json":         `{}`,
		"policies/now/grading_policy.json": `{"GRADER": [{"type": "Homework", "short_label": "HW", "min_count": 1, "drop_count": 0, "weight": 1}], "GRADE_CUTOFFS": {"Pass": 0.5}}`,
		"chapter/first.xml":                `<chapter display_name="Forces"><sequential url_name="reading"/><sequential url_name="questions"/></chapter>`,
		"chapter/later.xml":                `<chapter display_name="Later" start="&quot;2099-01-01T00:00:00Z&quot;"><sequential url_name="unreleased"/></chapter>`,
		"chapter/team.xml":                 `<chapter display_name="For the team" visible_to_staff_only="true"><sequential url_name="hidden"/></chapter>`,

		"sequential/reading.xml":    `<sequential display_name="Reading"><vertical url_name="read1"/><vertical url_name="odd"/></sequential>`,
		"sequential/questions.xml":  `<sequential display_name="Questions" graded="true" format="Homework"><vertical url_name="five"/><vertical url_name="more"/></sequential>`,
		"sequential/unreleased.xml": `<sequential display_name="Not yet"><vertical url_name="notyet"/></sequential>`,
		"sequential/hidden.xml":     `<sequential display_name="Secret"><vertical url_name="teamonly"/></sequential>`,

		"vertical/read1.xml": `<vertical display_name="Newton's laws"><html url_name="text1"/><probe url_name="box" html="element"/><video url_name="tube" youtube="1.00:abcdefghijk" youtube_id_1_0="abcdefghijk" display_name="On YouTube"/></vertical>`,
		"vertical/odd.xml": `<vertical display_name="Odd things"><strange url_name="odd1" colour="red"><inner/></strange><probe url_name="odd2" html="panic"/>
			<html url_name="scripted"/><stranger url_name="odd3" html="&lt;p&gt;from elsewhere&lt;/p&gt;"/><probe url_name="plain" html="&lt;p&gt;plain&lt;/p&gt;"/></vertical>`,
		"vertical/five.xml":     `<vertical display_name="Five questions">` + problems("p") + `</vertical>`,
		"vertical/more.xml":     `<vertical display_name="More"><problem url_name="tries"/></vertical>`,
		"vertical/notyet.xml":   `<vertical display_name="Sealed unit"><problem url_name="sealed"/><probe url_name="sealedbox" html="&lt;p&gt;sealed words&lt;/p&gt;"/><html url_name="sealedtext"/></vertical>`,
		"vertical/teamonly.xml": `<vertical display_name="Team unit"><probe url_name="teambox" html="&lt;p&gt;team words&lt;/p&gt;"/><html url_name="teamtext"/></vertical>`,

		"html/text1.xml":      `<html filename="text1" display_name="First law"/>`,
		"html/text1.html":     `<p>A body at rest stays at rest. <a href="/jump_to_id/five">Questions</a> <img src="/static/apple.png" alt="An apple"/></p>`,
		"html/scripted.xml":   `<html filename="scripted" display_name="Scripted"/>`,
		"html/scripted.html":  `<p id="here">before</p><script>document.getElementById("here").textContent = "after";</script>`,
		"html/sealedtext.xml": `<html filename="sealedtext"/>`, "html/sealedtext.html": `<p>sealed words</p>`,
		"html/teamtext.xml": `<html filename="teamtext"/>`, "html/teamtext.html": `<p>team words</p>`,
		"static/apple.png": "\x89PNG\r\n\x1a\napple", "static/page.html": `<script>document.title = "run"</script>`,
		"static/run.js": `document.title = "run"`, "static/note.txt": "0123456789",

		"problem/pchoice.xml": choiceProblem,
		"problem/pboxes.xml":  boxesProblem,
		"problem/plist.xml":   listProblem,
		"problem/pword.xml":   wordProblem,
		"problem/pnumber.xml": numberProblem,
		"problem/tries.xml":   strings.Replace(numberProblem, `<problem `, `<problem max_attempts="2" showanswer="attempted" show_reset_button="true" `, 1),
		"problem/sealed.xml":  strings.Replace(numberProblem, "Gravity", "Sealed question", 1),
	})
}

func problems(prefix string) string {
	var b strings.Builder
	for _, name := range []string{"choice", "boxes", "list", "word", "number"} {
		b.WriteString(`<problem url_name="` + prefix + name + `"/>`)
	}
	return b.String()
}

// One problem of each type, with what is right and wrong.
const (
	choiceProblem = `<problem display_name="Boiling"><multiplechoiceresponse><label>When does water boil at sea level?</label>
		<choicegroup type="MultipleChoice"><choice correct="false">At 0 °C</choice><choice correct="true">At 100 °C <choicehint>The scale was made so.</choicehint></choice></choicegroup>
		<solution><p>At 100 degrees.</p></solution></multiplechoiceresponse><demandhint><hint>A round number.</hint></demandhint></problem>`
	boxesProblem = `<problem display_name="Fruit"><choiceresponse><label>Which are fruits?</label><checkboxgroup><choice correct="true">apple</choice>
		<choice correct="false">carrot</choice><choice correct="true">tomato</choice></checkboxgroup></choiceresponse></problem>`
	listProblem = `<problem display_name="Oceans"><optionresponse><label>Which ocean is the largest?</label>
		<optioninput><option correct="False">the Atlantic</option><option correct="True">the Pacific</option></optioninput></optionresponse></problem>`
	wordProblem = `<problem display_name="Lakes"><stringresponse answer="Michigan" type="ci"><label>Which Great Lake lies in one country?</label>
		<textline size="20"/></stringresponse></problem>`
	numberProblem = `<problem display_name="Gravity"><numericalresponse answer="9.81"><label>How strong is gravity?</label>
		<responseparam type="tolerance" default="1%"/><formulaequationinput trailing_text="m/s²"/></numericalresponse>
		<solution><p>About 9.81.</p></solution></problem>`
)

// answers are the form fields that answer the problems of the five types.
var answers = []struct {
	id           string
	right, wrong []string
}{
	{"pchoice", []string{"input_2_1", "choice_1"}, []string{"input_2_1", "choice_0"}},
	{"pboxes", []string{"input_2_1[]", "choice_0", "input_2_1[]", "choice_2"}, []string{"input_2_1[]", "choice_1"}},
	{"plist", []string{"input_2_1", "the Pacific"}, []string{"input_2_1", "the Atlantic"}},
	{"pword", []string{"input_2_1", "michigan"}, []string{"input_2_1", "Superior"}},
	{"pnumber", []string{"input_2_1", "9.8"}, []string{"input_2_1", "12"}},
}
