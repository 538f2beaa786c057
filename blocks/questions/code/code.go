// Package code asks for a program, which is run in the sandbox against tests.
package code

import (
	"embed"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

//go:embed locales/*.json
var locales embed.FS

// input is the name under which the program is sent.
const input = "program"

// Bounds.
const (
	// maxProgram bounds a learner's program in bytes.
	maxProgram = 64 << 10
	// maxTests bounds the tests of a question; those behind are left out.
	maxTests = 50
)

// What a test asks, beside SQL's rows.
const (
	asksProgram = "program"
	asksCall    = "call"
)

// How long a test may take. A step is about an instruction of the processor, so a slow machine fails nobody.
const (
	shortFuel  = 1_000_000_000
	normalFuel = 4_000_000_000
	longFuel   = 16_000_000_000
)

// Fields are what an author fills in. Tests that learners see and hidden ones are two lists, so that what is secret is so as a whole.
type Fields struct {
	question.Fields
	Language  string   `quoin:"language,settings" default:"\"python\"" values:"python=Python|javascript=JavaScript|sql=SQL" title:"Language"`
	Asks      string   `quoin:"asks,settings" default:"\"program\"" values:"program=What the program prints|call=What a call gives" title:"A test looks at" help:"SQL is always judged by the rows that it gives."`
	Start     string   `quoin:"starter,content,text" title:"Code to start with" help:"Stands in the editor as long as a learner has written nothing."`
	Setup     string   `quoin:"setup,content,text" title:"Runs before each program" help:"Tables and their rows, functions that the program may call. Learners see it."`
	Tests     []Test   `quoin:"tests,content,secret" title:"Tests that learners see" add:"Add a test"`
	Hidden    []Hidden `quoin:"hidden_tests,content,secret" title:"Hidden tests" add:"Add a hidden test" help:"Learners see their names and whether they passed, nothing else."`
	Reference string   `quoin:"reference,content,text,secret" title:"Reference solution" help:"Is tried against the tests when you check the question, and shown as the right answer. What a test expects may be left empty then: it is what this solution gives."`
	Compare   string   `quoin:"compare,settings,rare" default:"\"trim\"" values:"trim=Spaces at the ends of lines do not count|exact=Every character counts|numbers=Numbers may be a little off|rows=The order of lines does not count" title:"How outputs are compared"`
	Limit     string   `quoin:"time_limit,settings,rare" default:"\"normal\"" values:"short=Short, about half a second|normal=About two seconds|long=Long, about eight seconds" title:"Time for a test" help:"Is counted in steps, so that a busy server fails nobody."`
	Credit    string   `quoin:"credit,settings,rare" default:"\"tests\"" values:"tests=Each test that passes counts|all=All or nothing" title:"Partly right programs"`
}

// Test is a row that learners see.
type Test struct {
	ID       string   `json:"id,omitempty" quoin:"id,id"`
	Name     string   `json:"name,omitempty" quoin:"name" title:"Name" help:"Empty is its number."`
	Input    string   `json:"input,omitempty" quoin:"input,text" title:"Input" help:"What the program reads; a call, such as add(2, 3); for SQL, statements that run before the program."`
	Expected string   `json:"expected,omitempty" quoin:"expected,text" title:"Expected" help:"What it prints; the value of the call; for SQL a row on a line, with | between values."`
	Points   *float64 `json:"points,omitempty" quoin:"points,rare" min:"0" title:"Points" help:"Empty is one."`
	Feedback string   `json:"feedback,omitempty" quoin:"feedback,html,secret,rare" title:"Feedback where it fails"`
}

// Hidden is a row that learners do not see.
type Hidden struct {
	ID       string   `json:"id,omitempty" quoin:"id,id"`
	Name     string   `json:"name,omitempty" quoin:"name" title:"Name" help:"Learners see it. Empty is its number."`
	Input    string   `json:"input,omitempty" quoin:"input,text,secret" title:"Input"`
	Expected string   `json:"expected,omitempty" quoin:"expected,text,secret" title:"Expected"`
	Points   *float64 `json:"points,omitempty" quoin:"points,rare" min:"0" title:"Points" help:"Empty is one."`
	Feedback string   `json:"feedback,omitempty" quoin:"feedback,html,secret,rare" title:"Feedback where it fails"`
}

// Public is what learners see.
type Public struct {
	Language string  `json:"l,omitempty"`
	Asks     string  `json:"a,omitempty"`
	Start    string  `json:"s,omitempty"`
	Setup    string  `json:"u,omitempty"`
	Tests    []shown `json:"t,omitempty"`
}

// shown is a test as learners see it; of a hidden one that is its name.
type shown struct {
	ID       string  `json:"i"`
	Name     string  `json:"n,omitempty"`
	Input    string  `json:"in,omitempty"`
	Expected string  `json:"e,omitempty"`
	Points   float64 `json:"p"`
	Hidden   bool    `json:"h,omitempty"`
}

// Secret is what programs are run against.
type Secret struct {
	Language  string `json:"l,omitempty"`
	Asks      string `json:"a,omitempty"`
	Setup     string `json:"u,omitempty"`
	Compare   string `json:"c,omitempty"`
	Fuel      int64  `json:"f,omitempty"`
	All       bool   `json:"w,omitempty"`
	Reference string `json:"r,omitempty"`
	Tests     []test `json:"t,omitempty"`
}

type test struct {
	ID       string  `json:"i"`
	Input    string  `json:"in,omitempty"`
	Expected string  `json:"e,omitempty"`
	Points   float64 `json:"p"`
	Hidden   bool    `json:"h,omitempty"`
	Feedback string  `json:"f,omitempty"`
}

// Key implements question.Keyed: feedback changes no score.
func (s Secret) Key() any {
	tests := make([]test, len(s.Tests))
	for i, t := range s.Tests {
		t.Feedback = ""
		tests[i] = t
	}
	s.Tests = tests
	type key Secret // without the method, or it would ask itself
	return key(s)
}

type kind struct{}

// Block is the block type.
func Block() sdk.Block {
	return question.New[Fields, Public, Secret](kind{}, question.Spec{Catalogue: question.Words(locales), Tries: true})
}

// Prepare implements question.Kind.
func (kind) Prepare(f *Fields) question.Prepared[Public, Secret] {
	out := question.Prepared[Public, Secret]{Inputs: []question.Input{{Name: input, Max: maxProgram}}, ByHand: true}
	out.Public = Public{Language: f.Language, Asks: f.asks(), Start: plain(f.Start), Setup: plain(f.Setup)}
	out.Secret = Secret{
		Language: f.Language, Asks: f.asks(), Setup: plain(f.Setup), Compare: f.Compare, Fuel: normalFuel, All: f.Credit == "all",
		Reference: plain(f.Reference),
	}
	switch f.Limit {
	case "short":
		out.Secret.Fuel = shortFuel
	case "long":
		out.Secret.Fuel = longFuel
	}
	out.Secret.Tests = f.rows()
	names := f.names()
	for i, t := range out.Secret.Tests {
		one := shown{ID: t.ID, Name: names[i], Points: t.Points, Hidden: t.Hidden}
		if !t.Hidden {
			one.Input, one.Expected = t.Input, t.Expected
		}
		out.Public.Tests = append(out.Public.Tests, one)
		out.Points += t.Points
	}
	out.Unready = out.Points == 0 || !known(f.Language)
	return out
}

// rows are the tests that are run: those that learners see, then the hidden ones.
func (f *Fields) rows() []test {
	var tests []test
	ids, texts := []string{}, []string{}
	for _, t := range f.Tests {
		ids, texts = append(ids, t.ID), append(texts, t.Input)
		tests = append(tests, test{Input: plain(t.Input), Expected: plain(t.Expected), Points: worth(t.Points), Feedback: t.Feedback})
	}
	visible := question.IDs(ids, texts)
	ids, texts = nil, nil
	for i, t := range f.Hidden {
		// An id made of the text would tell of it, so the number is one.
		id := t.ID
		if id == "" {
			id = strconv.Itoa(i + 1)
		}
		ids, texts = append(ids, id), append(texts, "")
		tests = append(tests, test{Input: plain(t.Input), Expected: plain(t.Expected), Points: worth(t.Points), Feedback: t.Feedback, Hidden: true})
	}
	hidden := question.IDs(ids, texts)
	for i := range tests {
		if n := i - len(visible); n >= 0 {
			tests[i].ID = "hidden-" + hidden[n]
		} else {
			tests[i].ID = "test-" + visible[i]
		}
	}
	return tests[:min(len(tests), maxTests)]
}

// names are those of rows.
func (f *Fields) names() []string {
	var names []string
	for _, t := range f.Tests {
		names = append(names, strings.TrimSpace(t.Name))
	}
	for _, t := range f.Hidden {
		names = append(names, strings.TrimSpace(t.Name))
	}
	return names
}

func (f *Fields) asks() string {
	if f.Language == wire.LanguageSQL {
		return asksProgram
	}
	return f.Asks
}

func known(language string) bool {
	return language == wire.LanguagePython || language == wire.LanguageJavaScript || language == wire.LanguageSQL
}

func worth(points *float64) float64 {
	if points == nil {
		return 1
	}
	return min(max(*points, 0), 1000)
}

// plain is a text with the line ends of programs: browsers send those of Windows.
func plain(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// Solve implements question.Kind.
func (kind) Solve(_ Public, secret Secret) question.Answers {
	if strings.TrimSpace(secret.Reference) == "" {
		return nil
	}
	return question.Answers{input: {secret.Reference}}
}

// Reveal implements question.Revealer.
func (kind) Reveal(p *question.Page, _ Public, secret Secret) {
	if strings.TrimSpace(secret.Reference) == "" {
		return
	}
	p.Raw(`<div class="program-text" dir="ltr"><pre><code>`)
	p.Put(secret.Reference)
	p.Raw("</code></pre></div>")
}

// Compile-time guards.
var (
	_ question.Checker[Fields]          = kind{}
	_ question.Trier[Fields]            = kind{}
	_ question.Revealer[Public, Secret] = kind{}
	_ question.Keyed                    = Secret{}
)
