package acidtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// studioRow is one promise of the contract towards authors, as Studio keeps it.
type studioRow struct {
	id    string
	holds func(a *studioAuthor) error
}

// studioAuthor is somebody of the course's team who works at the acid block, and what the row before left.
type studioAuthor struct {
	*learner
	base, component, formToken string
	op                         string
}

// ask sends a request as Studio's page does; body nil reads.
func (a *studioAuthor) ask(path string, body any) (status int, answer map[string]any) {
	t := a.w.t
	t.Helper()
	method, data := http.MethodGet, []byte(nil)
	if body != nil {
		var err error
		if method = http.MethodPost; a.formToken == "" {
			t.Fatal("no token of a page yet")
		}
		if data, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), method, a.w.url+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Quoin-Token", a.formToken)
	status, raw := a.do(request)
	if status == http.StatusOK {
		if err := json.Unmarshal(raw, &answer); err != nil {
			t.Fatalf("%s: %v: %.300s", path, err, raw)
		}
	}
	return status, answer
}

// press sends a form to one of Studio's addresses, and hears what was done.
func (a *studioAuthor) press(path, form string) (status int, answer map[string]any) {
	t := a.w.t
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.w.url+a.base+path, strings.NewReader(form+"&token="+a.formToken))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, raw := a.do(request)
	if status == http.StatusOK {
		if err := json.Unmarshal(raw, &answer); err != nil {
			t.Fatalf("%s: %v: %.300s", path, err, raw)
		}
	}
	return status, answer
}

// text reads a page as it is.
func (a *studioAuthor) text(path string) string {
	t := a.w.t
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.w.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	status, body := a.do(request)
	if status != http.StatusOK {
		t.Fatalf("%s: status %d: %.500s", path, status, body)
	}
	return string(body)
}

// place is the field "place" as the form has it now.
func (a *studioAuthor) place() string {
	_, form := a.ask(a.component+"/form", nil)
	fields, _ := form["fields"].(map[string]any)
	field, _ := fields["place"].(map[string]any)
	return fmt.Sprint(field["base"])
}

// wants tells that something is not in a text, or is and should not be.
func wants(text string, in bool, words ...string) error {
	for _, one := range words {
		if strings.Contains(text, one) != in {
			return fmt.Errorf("%q: in it is %t", one, !in)
		}
	}
	return nil
}

// studioRows are the promises, in an order in which each may use what the one before did.
var studioRows = []studioRow{
	{"studio.palette", func(a *studioAuthor) error {
		return wants(a.text(a.base+"/units/checks"), true, `name="type" value="`+a.w.types+`"`, `name="type" value="`+a.w.types+`_question"`)
	}},
	{"studio.form", func(a *studioAuthor) error {
		status, form := a.ask(a.component+"/form", nil)
		if status != http.StatusOK {
			return fmt.Errorf("status %d", status)
		}
		html := fmt.Sprint(form["html"])
		// A secret is shown to authors; a key to those who run the course, and she does not; what is a learner's stands in no form.
		if err := wants(html, true, `name="f.place"`, `name="f.planted"`, "planted-by-the-author"); err != nil {
			return err
		}
		return wants(html, false, "typed-by-the-author", `name="f.typed"`, `name="f.answer"`)
	}},
	{"studio.check", func(a *studioAuthor) error {
		status, answer := a.ask(a.component+"/check", nil)
		if _, told := answer["findings"]; status != http.StatusOK || !told {
			return fmt.Errorf("status %d: %v", status, answer)
		}
		return nil
	}},
	{"studio.save", func(a *studioAuthor) error {
		status, saved := a.ask(a.component+"/save", map[string]any{"edits": map[string]any{"place": map[string]string{"base": "there", "value": "elsewhere"}}})
		if a.op = fmt.Sprint(saved["op"]); status != http.StatusOK || a.place() != "elsewhere" {
			return fmt.Errorf("status %d: %v; it is %q", status, saved, a.place())
		}
		return wants(fmt.Sprint(saved), false, "typed-by-the-author")
	}},
	{"studio.key_in_element", func(a *studioAuthor) error {
		_, form := a.ask(a.component+"/form", nil)
		sent := map[string]string{"base": fmt.Sprint(form["base"]), "xml": "<" + a.w.types + ` place="elsewhere" typed="hers"/>`}
		status, answer := a.ask(a.component+"/olx", sent)
		content, err := a.w.site.Authoring.Unit(a.w.t.Context(), a.w.course, a.w.course.Usage(a.w.types, "main"))
		if err != nil {
			return err
		}
		if key := string(content.Fields["typed"]); status != http.StatusOK || key != `"typed-by-the-author"` {
			return fmt.Errorf("typing a key as an attribute: status %d: %v; it is %s", status, answer, key)
		}
		return wants(fmt.Sprint(form, answer), false, "typed-by-the-author")
	}},
	{"studio.undeclared", func(a *studioAuthor) error {
		// What is no author's field, of this version, is told and not saved; a key is refused.
		for field, want := range map[string]int{"answer": http.StatusOK, "never_declared": http.StatusOK, "typed": http.StatusUnprocessableEntity} {
			status, saved := a.ask(a.component+"/save", map[string]any{"edits": map[string]any{field: map[string]any{"base": nil, "value": "x"}}})
			if status != want || status == http.StatusOK && fmt.Sprint(saved["gone"]) != "["+field+"]" {
				return fmt.Errorf("saving %s: status %d: %v", field, status, saved)
			}
			content, err := a.w.site.Authoring.Unit(a.w.t.Context(), a.w.course, a.w.course.Usage(a.w.types, "main"))
			if err != nil {
				return err
			}
			if value := string(content.Fields[field]); value == `"x"` {
				return fmt.Errorf("%s was saved", field)
			}
		}
		return nil
	}},
	{"studio.preview", func(a *studioAuthor) error {
		return wants(a.text(a.base+"/units/second/as/learner/page"), true, a.w.types)
	}},
	{"studio.undo", func(a *studioAuthor) error {
		status, done := a.press("/undo", "op="+a.op)
		if status != http.StatusOK || a.place() != "there" {
			return fmt.Errorf("status %d: %v; it is %q", status, done, a.place())
		}
		return nil
	}},
	{"studio.key_in_history", func(a *studioAuthor) error {
		usage := a.w.course.Usage(a.w.types, "main")
		fields := wire.Fields{"typed": json.RawMessage(`"another-typed-key"`)}
		if _, err := a.w.site.Authoring.Set(a.w.t.Context(), authoring.Author{ID: "boss", Runs: true}, fields, usage); err != nil {
			return err
		}
		for _, page := range []string{"/history", "/changes"} {
			text := a.text(a.base + page)
			if err := wants(text, false, "another-typed-key", "typed-by-the-author"); err != nil {
				return fmt.Errorf("%s: %w", page, err)
			}
			if err := wants(text, true, "•••"); err != nil {
				return fmt.Errorf("%s: %w", page, err)
			}
		}
		return nil
	}},
	{"studio.key_conflict", func(a *studioAuthor) error {
		t, usage, authors := a.w.t, a.w.course.Usage(a.w.types, "main"), a.w.site.Authoring
		for who, key := range map[string]string{"boss": "first-of-two-keys", "chief": "second-of-two-keys"} {
			edit := map[string]authoring.FieldEdit{"typed": {Base: json.RawMessage(`"another-typed-key"`), Value: json.RawMessage(`"` + key + `"`)}}
			if _, err := authors.Save(t.Context(), authoring.Author{ID: who, Runs: true}, usage, edit); err != nil {
				return err
			}
		}
		// Neither is lost: one holds, the other is kept beside it with its author.
		content, err := authors.Unit(t.Context(), a.w.course, usage)
		if err != nil {
			return err
		}
		if len(content.Conflicts) != 1 {
			return fmt.Errorf("%d are kept", len(content.Conflicts))
		}
		kept := content.Conflicts[0]
		if err := wants(string(content.Fields["typed"])+string(kept.Value), true, "first-of-two-keys", "second-of-two-keys"); err != nil {
			return err
		}
		// Neither is shown to who does not run the course, and he decides nothing about them.
		_, form := a.ask(a.component+"/form", nil)
		status, resolved := a.ask(a.component+"/resolve", map[string]any{"conflict": kept.ID, "value": "hers"})
		_, saved := a.ask(a.component+"/save", map[string]any{"edits": map[string]any{"place": map[string]string{"base": "there", "value": "there too"}}})
		state, _ := json.Marshal([]any{form, resolved, saved})
		shown := string(state)
		for _, page := range []string{"/history", "/changes", "/checks", "/units/checks"} {
			shown += a.text(a.base + page)
		}
		if err := wants(shown, false, "of-two-keys"); err != nil {
			return err
		}
		after, err := authors.Unit(t.Context(), a.w.course, usage)
		if err != nil {
			return err
		}
		if status == http.StatusOK || len(after.Conflicts) != 1 || string(after.Fields["typed"]) != string(content.Fields["typed"]) {
			return fmt.Errorf("status %d: %d are kept, the key is %s", status, len(after.Conflicts), after.Fields["typed"])
		}
		_, err = authors.Resolve(t.Context(), authoring.Author{ID: "boss", Runs: true}, usage, kept.ID, authoring.FieldEdit{Base: content.Fields["typed"], Value: kept.Value})
		if err != nil {
			return err
		}
		if after, err = authors.Unit(t.Context(), a.w.course, usage); err != nil {
			return err
		}
		if len(after.Conflicts) > 0 || string(after.Fields["typed"]) != string(kept.Value) {
			return fmt.Errorf("resolved: %+v", after.Conflicts)
		}
		return nil
	}},
	{"studio.add", func(a *studioAuthor) error {
		unit := strings.ReplaceAll(a.w.course.Usage("vertical", "second").String(), "+", "%2B")
		if status, done := a.press("/blocks", "parent="+unit+"&type="+a.w.types+"&after="); status != http.StatusOK {
			return fmt.Errorf("status %d: %v", status, done)
		}
		if status, done := a.press("/publish", ""); status != http.StatusOK {
			return fmt.Errorf("publishing: status %d: %v", status, done)
		}
		if n := strings.Count(a.text(a.w.unit("second")), `id="block-`); n < 2 {
			return fmt.Errorf("learners see %d blocks", n)
		}
		return nil
	}},
}

// TestAcidInStudio keeps the promises towards authors, for each edition as a stranger's package and in the page.
func TestAcidInStudio(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds and installs four packages")
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, c.edition, c.place, "")
			w.enter("sue")
			user, err := w.site.People.FindUser(t.Context(), "sue")
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := w.site.People.Grant(t.Context(), user.ID, w.course.String(), people.RoleStaff, "test"); err != nil {
				t.Fatal(err)
			}
			if user, err = w.site.People.FindUser(t.Context(), "sue"); err != nil { // another right is another state of the account
				t.Fatal(err)
			}
			token, _, err := w.site.People.StartSession(t.Context(), user, people.Facts{Method: "test"}, "")
			if err != nil {
				t.Fatal(err)
			}
			base := "/studio/courses/" + w.course.String()
			a := &studioAuthor{learner: &learner{w, token}, base: base, component: base + "/components/" + w.course.Usage(w.types, "main").String()}
			for _, body := range find(a.get(base), "body") {
				a.formToken = attribute(body, "data-token")
			}
			for _, row := range studioRows {
				if err := row.holds(a); err != nil {
					t.Errorf("%s is red: %v", row.id, err)
				}
			}
			stranger := &studioAuthor{learner: &learner{w, w.enter("ann")}, base: base, component: a.component}
			for _, path := range []string{"/form", "/check"} {
				if status, _ := stranger.ask(a.component+path, nil); status != http.StatusNotFound {
					t.Errorf("a learner reads %s: %d", path, status)
				}
			}
		})
	}
}
