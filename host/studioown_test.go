package host_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// A block's own editor is for the course's authors alone. Its document has no rights of the site, and holds nothing of the course.
func TestStudioOwnEditorIsForAuthors(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, other := w.forces(), w.otherCourse()
	sue := w.member("sue", run, "staff")
	path := component(run, "problem", answers[0].id)
	p := sue.get(path+"/editor").must(200, "<quoin-problem-editor", "data-editor", "editor.js")
	policy := p.header.Get("Content-Security-Policy")
	for _, want := range []string{"sandbox allow-scripts;", "default-src 'none'", "frame-src 'none'", "form-action 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %q: %s", want, policy)
		}
	}
	if strings.Contains(policy, "allow-same-origin") || strings.Contains(policy, "allow-popups") || strings.Contains(policy, " https:;") {
		t.Errorf("the policy is %s", policy)
	}
	var sheet struct {
		Fields map[string]struct{ Base json.RawMessage } `json:"fields"`
		Editor []string                                  `json:"editor"`
		HTML   string                                    `json:"html"`
	}
	sue.data(path+"/form", &sheet)
	for _, name := range sheet.Editor {
		var text string
		if json.Unmarshal(sheet.Fields[name].Base, &text) == nil && len(text) > 40 && strings.Contains(p.body, text) {
			t.Errorf("the frame's document holds the field %s", name)
		}
	}
	if len(sheet.Editor) == 0 || !strings.Contains(sheet.HTML, `sandbox="allow-scripts" allow=""`) {
		t.Errorf("the sheet has no editor: %v", sheet.Editor)
	}
	var converted struct{ OLX string }
	convert := map[string]string{"markdown": ">>Pick<<\n(x) a\n( ) b\n"}
	sue.asks(path+"/editor/handlers/convert", convert).must(200).json(&converted)
	if !strings.Contains(converted.OLX, "<multiplechoiceresponse") {
		t.Errorf("the markdown means %s", converted.OLX)
	}
	for _, handler := range []string{"submit", "save", "nothing", "@reset", "@reveal"} {
		if answer := sue.asks(path+"/editor/handlers/"+handler, convert); answer.status < 400 || answer.status >= 500 {
			t.Errorf("the handler %s answers %d: %s", handler, answer.status, answer.body)
		}
	}
	sue.asks(component(run, "problem", "nowhere")+"/editor/handlers/convert", convert).must(404)
	sue.get(component(run, "html", "text1") + "/editor").must(404) // ships none

	// A learner, staff of another course, a data researcher and a stranger.
	there := studioPath(other) + "/components/" + run.Usage("problem", answers[0].id).String()
	for name, b := range map[string]*browser{
		"a learner": w.member("ann", run, ""), "other staff": w.member("dora", other, "staff"), "limited staff": w.member("lim", run, "limited_staff"), "nobody": w.visitor(),
	} {
		for _, address := range []string{path, there} {
			if got := b.get(address + "/editor"); got.status != http.StatusNotFound && got.status != http.StatusUnauthorized && got.status != http.StatusSeeOther {
				t.Errorf("%s gets %d of %s", name, got.status, address)
			}
			if got := b.send("POST", address+"/editor/handlers/convert", map[string]string{
				"Content-Type": "application/json", "Accept": "application/json", "X-Quoin-Token": "none",
			}, `{"markdown": "x"}`); got.status < 400 || strings.Contains(got.body, "olx") {
				t.Errorf("%s asks the editor's handler: %d %s", name, got.status, got.body)
			}
		}
	}
	if got := sue.get(there + "/editor"); got.status != http.StatusNotFound {
		t.Errorf("the course's own author gets %d of another course's address", got.status)
	}
}

// The editor opens where the content is broken, which is when its author needs it.
func TestStudioOwnEditorOfABrokenProblem(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue := w.member("sue", run, "staff")
	path := component(run, "problem", answers[0].id)
	var sheet struct {
		Fields map[string]struct{ Base json.RawMessage } `json:"fields"`
	}
	sue.data(path+"/form", &sheet)
	sue.asks(path+"/save", edits("data", sheet.Fields["data"].Base, `<problem><multiplechoiceresponse/><p>cut`)).must(200)
	sue.get(path+"/editor").must(200, "<quoin-problem-editor")
	sue.asks(path+"/editor/handlers/convert", map[string]string{"olx": "<problem><p>cut"}).must(200, "findings")
}
