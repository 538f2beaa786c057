package workbench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/packages/trials"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Saved is what came of saving.
type Saved struct {
	// File is where it stands, "" when nothing was written.
	File string `json:"file,omitempty"`
	Text string `json:"text"`
	// Language is what a text is written in that is to be pasted.
	Language string `json:"language,omitempty"`
	// Problem says why it was not saved; Failures are the lines that did not hold when it was played.
	Problem  string   `json:"problem,omitempty"`
	Failures []string `json:"failures,omitempty"`
}

var storyName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,47}$`)

// SaveStory writes what people did at a scenario since its last reset as a story of the block's folder, and plays it as `quoin block
// test` does. One that does not hold there is taken away again.
func (b *Bench) SaveStory(ctx context.Context, scenario, name string) (*Saved, error) {
	s, err := b.scenario(scenario)
	if err != nil {
		return nil, err
	}
	saved := &Saved{}
	if !storyName.MatchString(name) {
		saved.Problem = "a story's name is of small letters, digits, - and _"
		return saved, nil
	}
	deeds, complete := b.deeds(ctx, s)
	switch {
	case len(deeds) == 0:
		saved.Problem = "nobody has done anything here since the last reset"
		return saved, nil
	case !complete:
		saved.Problem = "too much was done since the last reset: reset, and do it again"
		return saved, nil
	}
	if saved.Text, err = b.tale(ctx, s, deeds); err != nil {
		saved.Problem = err.Error()
		return saved, nil //nolint:nilerr // it is about what was done, and told
	}
	return saved, b.keepStory(ctx, s, name, saved)
}

// keepStory writes a story and plays it.
func (b *Bench) keepStory(ctx context.Context, s *Scenario, name string, saved *Saved) (err error) {
	folder, first := b.folderOf(s)
	place := filepath.Join(folder, filepath.FromSlash(trials.StoriesFolder))
	if !first {
		place = filepath.Join(place, s.Type)
	}
	if err := os.MkdirAll(place, 0o755); err != nil {
		return err
	}
	path := filepath.Join(place, name+".txtar")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		saved.Problem = "there is a story of that name already"
		return nil
	}
	if err != nil {
		return err
	}
	_, err = file.WriteString(saved.Text)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	report, err := trials.Folder(ctx, trials.Config{
		Cache: b.trialsCache(), Only: regexp.MustCompile(`(^|/)story/` + regexp.QuoteMeta(name) + `$`),
	}, folder)
	if err == nil {
		saved.Problem = report.Problem
		for _, result := range report.Results {
			saved.Failures = append(saved.Failures, result.Failures...)
		}
	}
	if err != nil || saved.Problem != "" || len(saved.Failures) > 0 {
		return errors.Join(err, os.Remove(path))
	}
	saved.File = path
	return nil
}

// folderOf is the folder of a scenario's package; first says that the scenario's type is the package's first.
func (b *Bench) folderOf(s *Scenario) (folder string, first bool) {
	for _, p := range b.Packages() {
		if p.Name == s.Package {
			version := b.current(p.Name)
			return p.Folder, version == nil || version.Manifest.Types[0].Name == s.Type
		}
	}
	return "", true
}

// tale tells deeds as a story. The error says what a story cannot tell.
func (b *Bench) tale(ctx context.Context, s *Scenario, deeds []deed) (string, error) {
	content, settings, err := b.set(ctx, s)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	fmt.Fprintf(&out, "# %s: played in the workbench.\n", strings.Join(strings.Fields(s.Title), " "))
	for _, line := range []struct {
		command string
		fields  wire.Fields
	}{{"settings", settings}, {"content", content}} {
		if line.command == "content" && s.Kind != KindApp || len(line.fields) > 0 {
			text, err := compact(line.fields)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&out, "%s %s\n", line.command, text)
		}
	}
	if seed := deeds[0].seed(); seed != nil {
		fmt.Fprintf(&out, "seed %d\n", *seed)
	}
	acting, done := "", map[string]float64{}
	for i := range deeds {
		d := &deeds[i]
		if d.persona.ID != acting {
			acting = d.persona.ID
			fmt.Fprintf(&out, "as %s\nview\n", acting)
		}
		if err := d.tell(&out); err != nil {
			return "", err
		}
		d.outcome(&out, b.owns(ctx, s), done)
	}
	return out.String(), nil
}

// set divides what a scenario's block is set to into what the block declares and what is the platform's.
func (b *Bench) set(ctx context.Context, s *Scenario) (content, settings wire.Fields, err error) {
	at, err := b.stand(ctx, b.people[0].ID, s.ID)
	if err != nil {
		return nil, nil, err
	}
	if s.Kind == KindApp {
		return nil, nil, nil
	}
	revision, err := b.config.Site.Courses.Revision(ctx, at.block.Hash)
	if err != nil {
		return nil, nil, err
	}
	if len(revision.Children) > 0 {
		return nil, nil, errors.New("a story of the workbench cannot tell of blocks inside this one: write it by hand")
	}
	declared, _ := b.config.Site.Kernel.Declared(ctx, s.Type)
	content, settings = wire.Fields{}, wire.Fields{}
	for name, text := range revision.Fields {
		into := settings
		if slices.ContainsFunc(declared, func(f wire.Field) bool { return f.Name == name }) {
			into = content
		}
		into[name] = json.RawMessage(text)
	}
	return content, settings, nil
}

// owns tells which of a block's fields are the learner's own.
func (b *Bench) owns(ctx context.Context, s *Scenario) map[string]bool {
	own := map[string]bool{}
	declared, _ := b.config.Site.Kernel.Declared(ctx, s.Type)
	for _, field := range declared {
		own[field.Name] = field.Scope == wire.ScopeUserState
	}
	return own
}

// tell writes the line of a post.
func (d *deed) tell(out *strings.Builder) error {
	r := d.call.handled
	if len(r.Files) > 0 {
		return errors.New("a story of the workbench cannot tell of uploads: write it by hand")
	}
	fmt.Fprintf(out, "post %s", r.Handler)
	for _, name := range slices.Sorted(maps.Keys(r.Form)) {
		for _, value := range r.Form[name] {
			word, err := quotedWord(name + "=" + value)
			if err != nil {
				return err
			}
			out.WriteString(" " + word)
		}
	}
	if len(r.Body.Data) > 0 {
		if !json.Valid(r.Body.Data) {
			return errors.New("a story of the workbench tells of forms and JSON alone: write it by hand")
		}
		text, err := compact(json.RawMessage(r.Body.Data))
		if err != nil {
			return err
		}
		out.WriteString(" " + text)
	}
	out.WriteString("\n")
	return nil
}

// outcome writes what came of a post. done is how far each person was.
func (d *deed) outcome(out *strings.Builder, own map[string]bool, done map[string]float64) {
	if failure := d.call.Error; failure != nil {
		fmt.Fprintf(out, "  error %s%s\n", failure.Code, tail(failure.Message))
		return
	}
	if d.call.answered == nil {
		return
	}
	if text := tail(d.call.answered.Message); text != "" {
		fmt.Fprintf(out, "  message%s\n", text)
	}
	if v := d.verdict; v != nil {
		points := ""
		if v.Outcome == wire.OutcomeScored {
			points = fmt.Sprintf(" %v/%v", v.Earned, v.Possible)
		}
		fmt.Fprintf(out, "  verdict %s%s\n", v.Outcome, points)
	}
	for i := range d.call.answered.Effects {
		switch e := &d.call.answered.Effects[i]; {
		case e.Set != nil && own[e.Set.Field]:
			if text, err := compact(e.Set.Value); err == nil {
				fmt.Fprintf(out, "  field %s %s\n", e.Set.Field, text)
			}
		case e.Unset != nil && own[e.Unset.Field]:
			fmt.Fprintf(out, "  field %s unset\n", e.Unset.Field)
		case e.Complete != nil:
			done[d.persona.ID] = max(done[d.persona.ID], e.Complete.Fraction)
			fmt.Fprintf(out, "  completion %v\n", done[d.persona.ID])
		case e.Event != nil:
			fmt.Fprintf(out, "  emitted %s\n", e.Event.Name)
		}
	}
}

// tail is a text as it ends a line, with the blank before it; "" for what no line can hold.
func tail(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text, "\r\n\"") || strings.Contains(text, "${") || strings.HasPrefix(text, "@") {
		return ""
	}
	return " " + text
}

// compact writes JSON on one line.
func compact(value any) (string, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	if strings.Contains(string(encoded), "${") {
		return "", errors.New("a story cannot hold ${, which names what was kept: write it by hand")
	}
	return string(encoded), nil
}

// quotedWord writes one word of a line.
func quotedWord(word string) (string, error) {
	if strings.Contains(word, "${") {
		return "", errors.New("a story cannot hold ${, which names what was kept: write it by hand")
	}
	if word != "" && !strings.ContainsAny(word, " \t\r\n\"'\\@{[") {
		return word, nil
	}
	encoded, err := json.Marshal(word)
	return string(encoded), err
}
