package fakehost_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// probe is a block that asks for one word and otherwise does what its test tells it.
type probe struct {
	handle func(c *sdk.Call, r *sdk.Request[probeFields, probePublic]) (*sdk.Reply, error)
	task   func(c *sdk.Call, f *probeFields, t wire.TaskRequest) (*sdk.Reply, error)
	mount  func(c *sdk.Call, f *probeFields, r wire.MountRequest) (*sdk.Reply, error)
	event  func(c *sdk.Call, events []wire.Event) (*sdk.Reply, error)
	grade  func(c *sdk.Call, s sdk.Submission[probePublic, probeSecret]) (wire.Verdict, error)
	vary   func(c *sdk.Call) error
	graded int
}

type probeFields struct {
	Title  string           `quoin:"display_name,settings"`
	Word   string           `quoin:"word,content,secret" default:"\"yes\""`
	Target string           `quoin:"target,settings"`
	Draft  string           `quoin:"draft,user_state"`
	Count  int              `quoin:"count,user_state"`
	Theme  string           `quoin:"theme,preferences"`
	Likes  map[string]int64 `quoin:"likes,user_state_summary,sum"`
	Notes  []string         `quoin:"notes,user_state_summary,list" max:"3"`
	Varies bool             `quoin:"varies,content"`
}

type probePublic struct {
	Seed int `json:"seed,omitempty"`
}

type probeSecret struct {
	Word string `json:"word"`
}

func (*probe) Outline(_ *sdk.Call, f *probeFields, _ []wire.Child) (sdk.Outline[probePublic, probeSecret], error) {
	if f.Word == "broken" {
		return sdk.Outline[probePublic, probeSecret]{}, sdk.Refuse("the word must not be %q", f.Word)
	}
	one := 1.0
	facts := wire.Facts{MaxScore: &one, Completion: wire.CompleteOnSubmit, Varies: f.Varies, Chooses: true}
	if f.Word == "" {
		facts = wire.Facts{}
	}
	return sdk.Outline[probePublic, probeSecret]{Facts: facts, Secret: probeSecret{f.Word}}, nil
}

func (p *probe) Vary(c *sdk.Call, public probePublic, secret probeSecret) (probePublic, probeSecret, error) {
	if p.vary != nil {
		if err := p.vary(c); err != nil {
			return public, secret, err
		}
	}
	public.Seed, secret.Word = c.Seed(), fmt.Sprint(c.Seed())
	return public, secret, nil
}

func (*probe) Choose(_ *sdk.Call, _ *probeFields, r wire.ChooseRequest) ([]string, error) {
	if len(r.Earlier) > 0 || len(r.Children) == 0 {
		return r.Earlier, nil
	}
	return []string{r.Children[0].ID}, nil
}

func (*probe) Render(_ *sdk.Call, v sdk.View[probeFields, probePublic]) (sdk.Fragment, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s draft=%s count=%d theme=%s likes=%v notes=%v seed=%d", v.Name, v.Fields.Draft, v.Fields.Count, v.Fields.Theme,
		v.Fields.Likes["yes"], v.Fields.Notes, v.Public.Seed)
	if v.Newest != nil {
		fmt.Fprintf(&b, " verdict=%s %v/%v %s", v.Newest.Outcome, v.Newest.Earned, v.Newest.Possible, v.Newest.Message)
	}
	if v.Grading != nil {
		fmt.Fprintf(&b, " grading who=%q failed=%v", v.Grading.Who, v.Grading.Failed)
	}
	if v.Access != nil {
		fmt.Fprintf(&b, " tries=%d", v.Access.Tries)
	}
	for _, child := range v.Children {
		fmt.Fprintf(&b, " child=%s", child.ID)
	}
	fmt.Fprintf(&b, " page=%v path=%q", v.Query, v.Path)
	return sdk.Fragment{HTML: b.String()}, nil
}

func (p *probe) Handle(c *sdk.Call, r *sdk.Request[probeFields, probePublic]) (*sdk.Reply, error) {
	if r.Handler == "submit" && p.handle == nil {
		word := strings.Join(r.Form["word"], "")
		r.Fields.Draft = word
		return sdk.JSON(map[string]string{"got": word}).Submit(word), nil
	}
	return p.handle(c, r)
}

func (p *probe) Grade(c *sdk.Call, s sdk.Submission[probePublic, probeSecret]) (wire.Verdict, error) {
	p.graded++
	if p.grade != nil {
		return p.grade(c, s)
	}
	var word string
	if err := json.Unmarshal(s.Answers, &word); err != nil {
		return wire.Verdict{}, err
	}
	switch {
	case word == "":
		return wire.Verdict{Outcome: wire.OutcomeInvalid, Message: "type a word"}, nil
	case word == "later" && len(s.Evidence) == 0:
		return wire.Verdict{Outcome: wire.OutcomePending, Message: "the office"}, nil
	case word == "later":
		return wire.Verdict{Outcome: wire.OutcomeScored, Earned: 0.5, Possible: 1}, nil
	case word == "crash":
		panic("on purpose")
	case word == s.Secret.Word:
		return wire.Verdict{Outcome: wire.OutcomeScored, Earned: 1, Possible: 1}, nil
	}
	return wire.Verdict{Outcome: wire.OutcomeScored, Possible: 1}, nil
}

func (*probe) Reveal(_ *sdk.Call, _ probePublic, s probeSecret, answers json.RawMessage) (sdk.Revealed, error) {
	return sdk.Revealed{HTML: s.Word + " not " + string(answers)}, nil
}

func (p *probe) Task(c *sdk.Call, f *probeFields, t wire.TaskRequest) (*sdk.Reply, error) {
	return p.task(c, f, t)
}

func (p *probe) Mount(c *sdk.Call, f *probeFields, r wire.MountRequest) (*sdk.Reply, error) {
	return p.mount(c, f, r)
}

func (p *probe) Event(c *sdk.Call, events []wire.Event) (*sdk.Reply, error) {
	return p.event(c, events)
}

func (*probe) Migrate(_ *sdk.Call, r wire.MigrateRequest) (wire.MigrateReply, error) {
	var draft string
	if err := json.Unmarshal(r.Fields["draft"], &draft); err != nil {
		return wire.MigrateReply{}, err
	}
	encoded, err := json.Marshal(fmt.Sprintf("%s (from schema %d)", draft, r.From))
	return wire.MigrateReply{Fields: wire.Fields{"draft": encoded}}, err
}

// world makes a world around the probe.
func world(t *testing.T, p *probe, change func(*fakehost.Config)) *fakehost.World {
	t.Helper()
	learner, staff := []wire.Role{wire.RoleLearner}, []wire.Role{wire.RoleStaff}
	everything := wire.Reads{
		Verdict: true, Access: true, Prepared: true, Seed: true, Children: true, Path: true, Query: []string{"page"},
		Fields: []string{"draft", "count", "theme", "likes", "notes"},
	}
	read := wire.Reads{User: true, Clock: true, Usage: true, Role: true, Locale: true, Fields: []string{"draft", "count", "theme"}}
	block := sdk.New[probeFields, probePublic, probeSecret](p, sdk.Spec{
		Schema: 2, Rerandomize: "never",
		Views: []wire.View{{Name: wire.ViewLearner, Reads: everything}, {Name: wire.ViewStaff}},
		Handlers: []wire.Handler{
			{Name: "do", Roles: append(learner, staff...), Reads: read, Grades: true},
			{Name: "submit", Roles: learner, Reads: read, Grades: true},
			{Name: "save", Roles: learner, Reads: read},
			{Name: "moderate", Roles: staff, Reads: read},
		},
		Mounts: []wire.Handler{{Name: "hook", Roles: []wire.Role{wire.RoleOutside}, Reads: wire.Reads{Fields: []string{"target", "word"}, Usage: true}}},
		Tasks:  []string{"send", "remind"}, Subscribes: []string{"course.ended"},
		Events: []wire.EventType{{Name: "probe.done"}},
		Collections: []wire.Collection{
			{Name: "rooms", Learners: "who"},
			{Name: "log", Indexes: []wire.Index{
				{Name: "by", Fields: []string{"who", "at"}},
				{Name: "one", Fields: []string{"key"}, Unique: true},
				{Name: "tags", Fields: []string{"tags", "at"}, Multi: true},
			}},
		},
	})
	config := fakehost.Config{Serve: block.Serve}
	if change != nil {
		change(&config)
	}
	w, err := fakehost.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// doing makes a world whose handler "do" is the given function.
func doing(t *testing.T, do func(c *sdk.Call, r *sdk.Request[probeFields, probePublic]) (*sdk.Reply, error)) (*fakehost.World, *fakehost.Place) {
	t.Helper()
	w := world(t, &probe{handle: do}, nil)
	return w, w.Place("it")
}

func post(w *fakehost.World, who, handler string, form ...string) (*fakehost.Posted, error) {
	return w.Post(w.Person(who), w.Place("it"), fakehost.Post{Handler: handler, HTTP: wire.HTTP{Form: formOf(form...)}})
}

func formOf(pairs ...string) map[string][]string {
	form := map[string][]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form[pairs[i]] = append(form[pairs[i]], pairs[i+1])
	}
	return form
}

func show(t *testing.T, w *fakehost.World, who string) string {
	t.Helper()
	shown, err := w.View(w.Person(who), w.Place("it"), "", fakehost.Where{})
	if err != nil {
		t.Fatal(err)
	}
	return shown.HTML
}

func work(t *testing.T, w *fakehost.World) {
	t.Helper()
	if err := w.Work(); err != nil {
		t.Fatal(err)
	}
}

func code(err error) wire.Code {
	var failure *wire.Error
	if errors.As(err, &failure) {
		return failure.Code
	}
	return ""
}

func settings(pairs ...string) wire.Fields {
	out := wire.Fields{}
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i]] = json.RawMessage(pairs[i+1])
	}
	return out
}

func wants(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in %s", part, text)
		}
	}
}
