package story_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"os"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/blocktest/story"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// quiz is a block with a bit of everything, for stories to speak of.
type quiz struct{ careless bool }

type fields struct {
	Question string         `quoin:"question,content" default:"\"Say yes.\""`
	Word     string         `quoin:"word,content,secret" default:"\"yes\""`
	Draft    string         `quoin:"draft,user_state"`
	Likes    map[string]int `quoin:"likes,user_state_summary,sum"`
}

type public struct{ Question string }

type secret struct{ Word string }

func (quiz) Outline(_ *sdk.Call, f *fields, _ []wire.Child) (sdk.Outline[public, secret], error) {
	if f.Question == "" {
		return sdk.Outline[public, secret]{}, sdk.Refuse("question: say what you ask")
	}
	one := 1.0
	return sdk.Outline[public, secret]{
		Facts: wire.Facts{MaxScore: &one, Completion: wire.CompleteOnSubmit}, Public: public{f.Question}, Secret: secret{f.Word},
	}, nil
}

func (quiz) Render(_ *sdk.Call, v sdk.View[fields, public]) (sdk.Fragment, error) {
	html := "<p>" + html.EscapeString(v.Public.Question) + `</p><input name=word aria-label=Word value="` + html.EscapeString(v.Fields.Draft) + `">`
	if v.Newest != nil {
		html += fmt.Sprintf("<p>%s %v</p>", v.Newest.Outcome, v.Newest.Earned)
	}
	return sdk.Fragment{HTML: html + "<p>page " + strings.Join(v.Query["page"], "") + v.Path + "</p>"}, nil
}

func (q quiz) Handle(c *sdk.Call, r *sdk.Request[fields, public]) (*sdk.Reply, error) {
	switch r.Handler {
	case "like":
		if r.Fields.Draft == "liked" {
			return nil, sdk.Refuse("once is enough")
		}
		if q.careless {
			return sdk.OK().Take("counts", "it", "left", -1, 0, 10).Set("draft", "liked"), nil
		}
		return sdk.OK().Set("draft", "liked").Increment("likes", "yes", 1), nil
	case "tell":
		return sdk.JSON(map[string]any{"list": []any{1, map[string]any{"id": "x7"}}}).Status(201).Say("Told.").
			Notify([]string{"bob"}, "News", "There is news.", "/1").Publish("news", "1").Event("quiz.told", map[string]any{"by": c.Context.Subject, "n": 1}).
			ScheduleAt("send", "", c.Now().Add(3600e9), nil).Insert("counts", map[string]int{"left": 1}), nil
	}
	if len(r.Files) > 0 {
		return sdk.OK().Say(r.Files[0].Name), nil
	}
	word := strings.Join(r.Form["word"], "")
	if len(r.Body.Data) > 0 {
		if err := json.Unmarshal(r.Body.Data, &word); err != nil {
			return nil, sdk.Refuse("no word")
		}
	}
	r.Fields.Draft = word
	return sdk.OK().Submit(word), nil
}

func (quiz) Grade(_ *sdk.Call, s sdk.Submission[public, secret]) (wire.Verdict, error) {
	var word string
	if err := json.Unmarshal(s.Answers, &word); err != nil {
		return wire.Verdict{}, err
	}
	v := wire.Verdict{Outcome: wire.OutcomeScored, Possible: 1, Feedback: "Read again.", Parts: []wire.Part{{ID: "word", Correctness: wire.Incorrect, Possible: 1, Hint: "Three letters."}}}
	switch {
	case word == s.Secret.Word:
		v.Earned, v.Feedback, v.Parts[0] = 1, "Well done.", wire.Part{ID: "word", Correctness: wire.Correct, Earned: 1, Possible: 1}
	case word == "later" && len(s.Evidence) == 0:
		return wire.Verdict{Outcome: wire.OutcomePending, Message: "the office reads it"}, nil
	}
	return v, nil
}

func (quiz) Reveal(_ *sdk.Call, _ public, s secret, _ json.RawMessage) (sdk.Revealed, error) {
	return sdk.Revealed{HTML: "<p>" + s.Word + "</p>", Answers: map[string]string{"word": s.Word}}, nil
}

func (quiz) Check(_ *sdk.Call, f *fields, _ []wire.Child) ([]wire.Finding, error) {
	if f.Word == f.Question {
		return []wire.Finding{{Level: wire.LevelWarning, Message: "the question is the answer", Fix: "ask something else"}}, nil
	}
	return nil, nil
}

func (quiz) Task(c *sdk.Call, _ *fields, _ wire.TaskRequest) (*sdk.Reply, error) {
	c.Logf(sdk.LevelInfo, "sending")
	_, err := c.HTTP(wire.HTTPDo{Method: "POST", URL: "https://a.example/x", Key: "1", Body: wire.Blob{Data: []byte(`{"to":"bob"}`)}})
	return nil, err
}

func (quiz) ImportOLX(_ *sdk.Call, xml []byte, _ []wire.OLXFile) (wire.Fields, []wire.Finding, error) {
	return wire.Fields{"question": sdk.Key(string(xml))}, []wire.Finding{{Level: wire.LevelHint, Message: "taken as it is"}}, nil
}

func (quiz) ExportOLX(_ *sdk.Call, f *fields, _ wire.Fields, id string) ([]byte, []wire.OLXFile, error) {
	return []byte(f.Question), []wire.OLXFile{{Path: "quiz/" + id + ".txt", Data: wire.Blob{Data: []byte(f.Word)}}}, nil
}

func (quiz) Report(_ *sdk.Call, all []sdk.Reported[public, secret]) ([]wire.ReportRow, error) {
	var rows []wire.ReportRow
	for _, s := range all {
		rows = append(rows, wire.ReportRow{Submission: s.ID, Part: "word", Answer: strings.Trim(string(s.Answers), `"`), Correctness: wire.Correct})
	}
	return rows, nil
}

func (quiz) Solve(_ *sdk.Call, _ public, s secret) (wire.Solution, error) {
	return wire.Solution{Input: &wire.Input{Handler: "submit", Form: map[string][]string{"word": {s.Word}}}}, nil
}

func config(q quiz) story.Config {
	read := wire.Reads{User: true, Clock: true, Fields: []string{"draft"}}
	block := sdk.New[fields, public, secret](q, sdk.Spec{
		Views: []wire.View{
			{Name: wire.ViewLearner, Reads: wire.Reads{Prepared: true, Verdict: true, Path: true, Query: []string{"page"}, Fields: []string{"draft"}}},
			{Name: wire.ViewStaff, Reads: wire.Reads{Prepared: true, Fields: []string{"draft"}}},
		},
		Handlers: []wire.Handler{
			{Name: "submit", Roles: []wire.Role{wire.RoleLearner}, Grades: true, Reads: read},
			{Name: "like", Roles: []wire.Role{wire.RoleLearner}, Reads: read},
			{Name: "tell", Roles: []wire.Role{wire.RoleStaff}, Reads: read},
		},
		Tasks: []string{"send"}, Events: []wire.EventType{{Name: "quiz.told"}}, Collections: []wire.Collection{{Name: "counts"}},
	})
	return story.Config{Open: func() (*fakehost.World, error) { return fakehost.Open(fakehost.Config{Serve: block.Serve}) }}
}

func play(t *testing.T, q quiz, text string) error {
	t.Helper()
	s, err := story.Parse("test.txtar", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	_, err = story.Play(s, config(q))
	return err
}

func TestStoriesOfTheFolderPlay(t *testing.T) {
	files, err := os.ReadDir("testdata/stories")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(file.Name(), func(t *testing.T) {
			data, err := os.ReadFile("testdata/stories/" + file.Name())
			if err != nil {
				t.Fatal(err)
			}
			s, err := story.Parse(file.Name(), data)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := story.Play(s, config(quiz{})); err != nil {
				t.Error(err)
			}
			for _, failure := range story.SelfRaces(s, config(quiz{})) {
				t.Error(failure)
			}
		})
	}
}

// TestWrongLinesAreFound plays a story with one wrong line at its end; the failure must name it and say what there was.
func TestWrongLinesAreFound(t *testing.T) {
	answered := "post submit word=no\n"
	told := "person sue staff\nas sue staff\npost tell\n"
	for text, want := range map[string]string{
		"view\ncontains Say no.":                        "Say yes.",
		"view\nlacks yes":                               "Say yes.",
		"view\nerror not_found":                         "the call succeeded",
		"view nothing\nerror refused":                   "not_found",
		"post like\npost like":                          "let a line `error CODE` follow",
		"post like\npost like\nerror bad_request twice": "once is enough",
		answered + "status 201":                         "got 200",
		answered + "verdict scored 1/1":                 "scored 0/1",
		answered + "verdict pending":                    "scored 0/1",
		answered + "verdict scored 0/1 Well":            "Read again.",
		answered + "verdict none":                       "scored 0/1",
		"verdict scored":                                "no verdict",
		answered + "part word correct":                  "incorrect",
		answered + "part word incorrect 1/1":            "incorrect 0/1",
		answered + "part other correct":                 "part word",
		answered + "score none":                         "0/1",
		answered + "score 1/1":                          "0/1",
		answered + "tries 2":                            "got 1",
		answered + "gate submit open":                   "got pending",
		answered + `field draft "yes"`:                  `"no"`,
		answered + "field draft unset":                  `"no"`,
		`field draft "yes"`:                             "unset",
		"completion 1":                                  "got 0",
		"stored counts it {}":                           "no document",
		"document counts it {\"left\": 3}\nstored counts it {\"left\": 4}": `{"left":3}`,
		"document counts it {\"left\": 3}\nstored counts it missing":       `{"left":3}`,
		"count counts 1":                               "got 0",
		told + "message Nothing":                       "Told.",
		told + `json list.1.id "x8"`:                   `"x7"`,
		told + `json list.7 1`:                         "no element",
		told + `json list.1.id.z 1`:                    "neither an object nor a list",
		told + `json nothing 1`:                        `no "nothing"`,
		told + "repeated":                              "ran anew",
		told + "runs 2":                                "got 1",
		told + "notice ann":                            "News",
		told + "notice bob Olds":                       "News",
		told + "notices 2":                             "got 1",
		told + "published olds":                        "news",
		told + `emitted quiz.told {"n":2}`:             `"n":1`,
		told + "emitted quiz.asked":                    "quiz.told",
		told + "task send 2h":                          "send 1h0m0s",
		told + "tasks 0":                               "got 1",
		told + "asked POST https://a.example/x":        "got 0",
		told + "logged sending":                        "want sending",
		"published news":                               "nothing was published",
		"race 2 like\naccepted 2":                      "1 of 2",
		"race 2 like\nrefused 1 conflict":              "0 of 2",
		"check\nfindings 1":                            "got 0",
		"check\nfinding warning answer":                "want warning answer",
		answered + "report\nrow word yes":              "Answer:no",
		"content {\"question\": \"\"}":                 "say what you ask",
		"content {\"qestion\": \"\"}":                  "qestion",
		"view\ngolden page.html":                       "-update",
		"view\ngolden page.html\n-- page.html --\nold": "- old",
		"status 200":                                   "behind no post",
		"post submit word":                             "no NAME=VALUE",
		"post submit a@none.txt":                       "no file",
		"as sue staff":                                 "say so by person first",
		"person sue boss":                              "no role",
		"person sue shoe=4":                            `no "shoe"`,
		"keep a json x":                                "nothing was posted",
		"keep a control x":                             "no control",
		"keep a document counts":                       "no documents",
		"keep a version counts it":                     "no document",
		"keep a submission":                            "handed in nothing",
		"keep a asked x":                               "nobody was asked",
		"keep a thing x":                               "keep knows",
		"view ${a}":                                    "nothing was kept",
		"post submit @none":                            "no file",
		"fault earthquake":                             "no fault",
		"advance soon":                                 "no duration",
		"settings []":                                  "wanted shape",
		"seed x":                                       "invalid syntax",
		"now yesterday":                                "cannot parse",
		"earned bob here 1":                            "no points",
		"outside POST https://x ok":                    "no status",
		"given draft@x 1":                              "no number of a schema",
		"given word 1":                                 "declares none",
		"again":                                        "nothing was posted",
		"race 0 like":                                  "no number",
		"mount hook":                                   "nothing is mounted",
		"mount hook colour=red":                        "a mount takes",
		"gate leave open":                              "no gate",
		"verdict excellent":                            "",
		"field nothing 1":                              "declares no field",
		"file a.txt @b":                                "no file",
		"record {}":                                    "recorded script runs",
		"grade {\"answers\": 1}":                       "cannot unmarshal",
	} {
		err := play(t, quiz{}, text)
		var failure *story.Failure
		if !errors.As(err, &failure) {
			t.Errorf("%q: %v, want a failure", text, err)
			continue
		}
		lines := strings.Count(strings.TrimSpace(strings.Split(text, "\n-- ")[0]), "\n") + 1
		if failure.Line.Number != lines || !strings.Contains(failure.Problem, want) || !strings.Contains(err.Error(), fmt.Sprintf("test.txtar:%d: ", lines)) {
			t.Errorf("%q: line %d, %s; want line %d and %q", text, failure.Line.Number, failure.Problem, lines, want)
		}
	}
}

func TestTextThatIsNoStory(t *testing.T) {
	for text, want := range map[string]string{
		"veiw":                                "no command is called",
		"a\x00":                               "no command",
		"view\nstatus":                        "test.txtar:2: bad story: too few words: status NUMBER",
		"status 1 2":                          "too many words",
		"contains":                            "too few words",
		"post submit word='x":                 "no second one",
		`post submit word="x`:                 "no JSON string",
		`post submit word="\x"`:               "no JSON string",
		"view \xff":                           "UTF-8",
		"view " + strings.Repeat("a", 70<<10): "at most",
		"view\n-- a --\n-- a --":              "stands twice",
	} {
		if _, err := story.Parse("test.txtar", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
	if _, err := story.Parse("test.txtar", []byte(strings.Repeat("view\n", 6000))); !errors.Is(err, story.ErrStory) {
		t.Errorf("too many lines: %v", err)
	}
	if _, err := story.ParseArchive(make([]byte, story.MaxArchive+1)); !errors.Is(err, story.ErrArchive) {
		t.Errorf("too large: %v", err)
	}
	many := ""
	for i := range story.MaxFiles + 1 {
		many += fmt.Sprintf("-- %d --\n", i)
	}
	if _, err := story.ParseArchive([]byte(many)); !errors.Is(err, story.ErrArchive) {
		t.Errorf("too many files: %v", err)
	}
}

func TestRacesAreFound(t *testing.T) {
	text := "document counts it {\"left\": 5}\npost like\n"
	s, err := story.Parse("test.txtar", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	failures := story.SelfRaces(s, config(quiz{careless: true}))
	if len(failures) != 1 || !strings.Contains(failures[0].Error(), "test.txtar:2: post like") || !strings.Contains(failures[0].Error(), `+ document counts it = {"left":3}`) {
		t.Errorf("got %v", failures)
	}
	if failures := story.SelfRaces(s, config(quiz{careless: true}), "like"); len(failures) != 0 {
		t.Errorf("an excepted handler: %v", failures)
	}
	free := config(quiz{careless: true})
	if free.Setup, err = story.Parse("setup.txtar", []byte("unraced like\n")); err != nil {
		t.Fatal(err)
	}
	if failures := story.SelfRaces(s, free); len(failures) != 0 {
		t.Errorf("a handler that the setup excepts: %v", failures)
	}
}

func TestGoldenIsWritten(t *testing.T) {
	s, err := story.Parse("test.txtar", []byte("view\ngolden page.html\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := config(quiz{})
	c.Update = true
	if _, err := story.Play(s, c); err != nil {
		t.Fatal(err)
	}
	if data, ok := s.Archive.File("page.html"); !ok || !strings.Contains(string(data), "Say yes.") {
		t.Errorf("got %q", data)
	}
	again, err := story.Parse("test.txtar", s.Archive.Format())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := story.Play(again, config(quiz{})); err != nil {
		t.Error(err)
	}
}

func TestSetupIsPlayedFirst(t *testing.T) {
	setup, err := story.Parse("setup.txtar", []byte("content {\"question\": \"Shared?\"}\nperson sue staff\n"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := story.Parse("test.txtar", []byte("as sue staff\nview\ncontains Shared?\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := config(quiz{})
	c.Setup = setup
	if _, err := story.Play(s, c); err != nil {
		t.Error(err)
	}
	c.Setup, err = story.Parse("setup.txtar", []byte("view nothing\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := story.Play(s, c); err == nil || !strings.Contains(err.Error(), "setup.txtar:1") {
		t.Errorf("got %v", err)
	}
}

func TestDifference(t *testing.T) {
	if got := story.Difference("a\nb\nc\nd\ne", "a\nb\nX\nd\ne"); got != "different from line 3 on (- wanted, + there)\n  a\n  b\n- c\n+ X\n  d\n  e" {
		t.Errorf("got %s", got)
	}
	if got := story.Difference("a", "a"); got != "no difference" {
		t.Errorf("got %s", got)
	}
}

func TestCommandsAreDescribed(t *testing.T) {
	for _, usage := range story.Commands() {
		if !strings.Contains(usage, ": ") {
			t.Errorf("%q does not say what it does", usage)
		}
	}
}

// FuzzParse: parsing never panics, what parses is written and parsed again alike, and playing it ends.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"view\n", "post submit word=\"a b\" {\"x\": 1}\n", "# x\n  contains 'a'\n-- f --\ndata", "keep a json b\n${a}", "-- --\n-- a --",
		"mount hook sign.x=k {}\n", "given draft@1 \"x\"\nadvance 3d\n", "race 3 like\naccepted 1\n", "as visitor\nview\n",
	} {
		f.Add([]byte(seed))
	}
	c := config(quiz{})
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := story.Parse("fuzz.txtar", data)
		if err != nil {
			if !errors.Is(err, story.ErrStory) && !errors.Is(err, story.ErrArchive) {
				t.Errorf("an untyped error: %v", err)
			}
			return
		}
		again, err := story.Parse("fuzz.txtar", s.Archive.Format())
		if err != nil || len(again.Lines) != len(s.Lines) || len(again.Archive.Files) != len(s.Archive.Files) {
			t.Fatalf("written and parsed again: %v", err)
		}
		if len(s.Lines) <= 20 {
			_, _ = story.Play(s, c) // whatever it comes to
		}
	})
}
