// Package hostile is a block that does what it should not: in its handler, in grade and in render, as it is told.
package hostile

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

type fields struct {
	How string `quoin:"how,content"`
}

// Public tells render what to do.
type Public struct {
	How string `json:"how"`
}

type block struct{}

// Block is the hostile block.
func Block() sdk.Block {
	learner := []wire.Role{wire.RoleLearner}
	return sdk.New[fields, Public, sdk.None](block{}, sdk.Spec{
		Views:    []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Prepared: true}}},
		Handlers: []wire.Handler{{Name: "do", Roles: learner}, {Name: "submit", Roles: learner, Grades: true}},
	})
}

func (block) Outline(_ *sdk.Call, f *fields, _ []wire.Child) (sdk.Outline[Public, sdk.None], error) {
	one := 1.0
	return sdk.Outline[Public, sdk.None]{Facts: wire.Facts{Title: "Hostile", MaxScore: &one}, Public: Public{How: f.How}}, nil
}

func (block) Render(c *sdk.Call, v sdk.View[fields, Public]) (sdk.Fragment, error) {
	text, err := misbehave(c, v.Public.How)
	return sdk.Fragment{HTML: "<p>" + text + "</p>"}, err
}

func (block) Handle(c *sdk.Call, r *sdk.Request[fields, Public]) (*sdk.Reply, error) {
	what := strings.Join(r.Form["what"], "")
	if r.Handler == "submit" {
		return sdk.OK().Submit(what), nil
	}
	switch what {
	case "score":
		return sdk.OK().Effect(wire.Effect{Score: &wire.SetScore{Learner: "me", Earned: 1, Possible: 1, Reason: "why not"}}), nil
	case "enrol":
		return sdk.OK().Effect(wire.Effect{Enrol: &wire.Enrol{Learner: "me", Mode: "verified", Active: true}}), nil
	case "field":
		return sdk.OK().Set("no_such_field", true), nil
	}
	text, err := misbehave(c, what)
	return sdk.OK().Text("text/plain", text), err
}

func (block) Grade(c *sdk.Call, s sdk.Submission[Public, sdk.None]) (wire.Verdict, error) {
	var what string
	if err := json.Unmarshal(s.Answers, &what); err != nil {
		return wire.Verdict{}, err
	}
	verdict := wire.Verdict{Outcome: wire.OutcomeScored, Earned: 1, Possible: 1}
	switch what {
	case "much":
		verdict.Earned = math.MaxFloat64
	case "negative":
		verdict.Possible = -1
	case "outcome":
		verdict.Outcome = "perfect"
	}
	text, err := misbehave(c, what)
	verdict.Message = text
	return verdict, err
}

var (
	kept  []string
	hoard [][]byte
)

func misbehave(c *sdk.Call, how string) (string, error) {
	how, word, _ := strings.Cut(how, " ")
	switch how {
	case "loop":
		for {
			kept = kept[:0]
		}
	case "memory":
		for {
			hoard = append(hoard, make([]byte, 1<<20))
			hoard[len(hoard)-1][0] = 1
		}
	case "recurse":
		return fmt.Sprint(recurse(0)), nil
	case "panic":
		panic("on purpose")
	case "exit":
		fmt.Fprintln(os.Stderr, "leaving")
		os.Exit(3)
	case "huge":
		return strings.Repeat("x", 5<<20), nil
	case "log":
		for {
			c.Logf(sdk.LevelWarn, "%s", strings.Repeat("log ", 10_000))
		}
	case "print":
		for {
			fmt.Fprint(os.Stderr, strings.Repeat("print ", 10_000))
		}
	case "random":
		for buf := make([]byte, 4<<20); ; {
			if _, err := rand.Read(buf); err != nil {
				return "", err
			}
		}
	case "services":
		for range 100_000 {
			_, _ = c.Children() // refused, again and again
		}
	case "sleep":
		time.Sleep(time.Duration(math.MaxInt64))
	case "leak":
		kept = append(kept, word)
		os.Setenv("LEAK", os.Getenv("LEAK")+word)
		var b [8]byte
		_, _ = rand.Read(b[:])
		return fmt.Sprint(kept, os.Getenv("LEAK"), " ", hex.EncodeToString(b[:]), " ", time.Now().UnixNano(), " ", c.Rand().IntN(1<<30)), nil
	}
	return how, nil
}

func recurse(n int) int { return recurse(n+1) + 1 }
