package host_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// riddle shows an answer whose markup holds a script, and lets the course's staff do something.
type riddle struct{}

func (riddle) Outline(*sdk.Call, *sdk.None, []wire.Child) (sdk.Outline[sdk.None, sdk.None], error) {
	one := 1.0
	return sdk.Outline[sdk.None, sdk.None]{Facts: wire.Facts{Title: "Riddle", MaxScore: &one}}, nil
}

func (riddle) Render(c *sdk.Call, v sdk.View[sdk.None, sdk.None]) (sdk.Fragment, error) {
	if v.Name == wire.ViewStaff {
		return sdk.Fragment{HTML: `<p>only staff read this as ` + string(c.Context.Role) + `</p><button name="handler" value="close" form="quoin:form">Close</button>`}, nil
	}
	return sdk.Fragment{HTML: `<p>what am I, ` + string(c.Context.Role) + `?</p><button name="handler" value="@reveal" form="quoin:form">Show</button>`}, nil
}

func (riddle) Reveal(*sdk.Call, sdk.None, sdk.None, json.RawMessage) (sdk.Revealed, error) {
	return sdk.Revealed{HTML: `<p>a towel</p><script>document.title = "taken"</script>`}, nil
}

func (riddle) Handle(c *sdk.Call, r *sdk.Request[sdk.None, sdk.None]) (*sdk.Reply, error) {
	if r.Handler == "go" {
		return sdk.OK().See("/view/staff?tag=exam"), nil
	}
	return sdk.OK().Say(r.Handler + " by " + string(c.Context.Role)), nil
}

// riddles is a course with such a block, which is part of the binary or not.
func (w *world) riddles(builtIn bool) key.Course {
	w.t.Helper()
	learner, staff := []wire.Role{wire.RoleLearner}, []wire.Role{wire.RoleStaff}
	reads := wire.Reads{Role: true}
	w.installManifest(`{"name": "riddle", "version": "1.0.0", "title": "Riddle", "description": "One.", "licence": "Apache-2.0",
		"types": [{"name": "riddle", "title": "Riddle", "kind": "component"}]}`, nil, builtIn, sdk.New[sdk.None, sdk.None, sdk.None](riddle{}, sdk.Spec{
		Kind: wire.KindComponent, Views: []wire.View{{Name: wire.ViewLearner, Reads: reads}, {Name: wire.ViewStaff, Reads: reads}},
		Handlers: []wire.Handler{{Name: "close", Roles: staff, Reads: reads}, {Name: "go", Roles: learner}, {Name: "both", Roles: append(learner, staff...), Reads: reads}},
	}))
	return w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Riddles"/>`,
		"course/now.xml": `<course display_name="Riddles" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter display_name="One">
			<sequential url_name="s"><vertical url_name="v" display_name="Unit"><riddle url_name="it" showanswer="always"/></vertical></sequential></chapter></course>`,
	})
}

// What a block shows as its answer stands in the page only where its views do: else in a frame (security R1 to R3).
func TestAnswersOfForeignBlocksAreFramed(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.riddles(false)
	path := blockPath(run, "riddle", "it")
	ann := w.member("ann", run, "")
	ask := func() *form { return ann.open(unitPath(run, "v")).must(200).form(path) }
	var shown struct{ Answer string }
	ask().script("@reveal").must(200).json(&shown)
	frame := `<iframe class="frame" data-frame src="` + strings.ReplaceAll(path, "+", "&#43;") + `/answer"`
	if !strings.Contains(shown.Answer, frame) || !strings.Contains(shown.Answer, `sandbox="allow-scripts"`) || strings.Contains(shown.Answer, "towel") {
		t.Error(shown.Answer)
	}
	ask().press("@reveal").must(200, frame).without("towel", "taken")
	page := ann.get(path+"/answer").must(200, "a towel")
	if policy := page.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "sandbox allow-scripts; default-src 'none'") {
		t.Error(policy)
	}
	w.visitor().get(path + "/answer").without("towel")
	w.member("eve", w.otherCourse(), "").get(path + "/answer").without("towel")
}

// Markup that sanitising would change is framed whoever made it.
func TestUncleanAnswersAreFramed(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.riddles(true)
	w.member("ann", run, "").open(unitPath(run, "v")).must(200).form(blockPath(run, "riddle", "it")).press("@reveal").must(200, "data-frame").without("towel")
}

// The course's staff have the view that is for them below the learners', and act as staff in it and where only staff may.
func TestStaffViews(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.riddles(false)
	path := blockPath(run, "riddle", "it")
	ann, sue := w.member("ann", run, ""), w.member("sue", run, "staff")
	ann.open(unitPath(run, "v")).must(200).without("For the course team")
	ann.get(path + "/frame/staff").without("only staff")
	unit := func(reader *browser) *page { return reader.get(unitPath(run, "v")).must(200) }
	unit(sue).must(200, "For the course team", "/frame/staff")
	sue.get(path+"/frame/staff").must(200, "only staff read this as staff")
	sue.get(path+"/frame").must(200, "what am I, learner?")
	var said struct{ Message string }
	below := path + "?view=staff"
	for handler, want := range map[string]string{"close": "close by staff", "both": "both by staff"} {
		unit(sue).form(below).script(handler).must(200).json(&said)
		if said.Message != want {
			t.Errorf("%q, want %q", said.Message, want)
		}
	}
	var sent struct{ Location string }
	unit(sue).form(path).script("go").json(&sent)
	if want := path + "/view/staff?tag=exam"; sent.Location != want {
		t.Errorf("%q, want %q", sent.Location, want)
	}
	if p := unit(sue).form(path).press("go").must(303); p.header.Get("Location") != path+"/view/staff?tag=exam" {
		t.Error(p.header.Get("Location"))
	}
	unit(sue).form(path).script("both").must(200).json(&said)
	if said.Message != "both by learner" {
		t.Error(said.Message)
	}
	// The learners' view carries a learner's rights, also when staff look at it: its frame may press what it likes (security R3).
	unit(sue).form(path).script("close").must(403)
	form := unit(sue).form(path)
	form.action = path + "?view=learner"
	form.script("close").must(403)
	call := func(b *browser, view string) *page {
		header := map[string]string{"X-Quoin-Token": b.token(), "Content-Type": "application/json", "X-Quoin-View": view}
		return b.send(http.MethodPost, path+"/handlers/close", header, "{}")
	}
	call(sue, "").must(403)
	call(sue, "learner").must(403)
	call(sue, "none").must(403)
	call(sue, "staff").must(204)
	call(ann, "staff").must(403)

	unit(ann).form(path).script("close").must(403)
	form = unit(ann).form(path)
	form.action = below
	form.script("close").must(403)
	form = unit(ann).form(path)
	form.action = below
	form.script("both").must(200).json(&said)
	if said.Message != "both by learner" {
		t.Error(said.Message)
	}
}
