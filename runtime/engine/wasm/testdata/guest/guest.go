// Package guest is a small block that the engine's tests and benchmarks run: it echoes, scores a choice and misbehaves on
// request.
package guest

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

type fields struct{}

// Public is what the view needs.
type Public struct {
	Question string   `json:"question"`
	Choices  []string `json:"choices"`
}

// Secret is the key.
type Secret struct {
	Right    string            `json:"right"`
	Feedback map[string]string `json:"feedback"`
}

type block struct{}

var kept []string

// Block is the test block.
func Block() sdk.Block {
	return sdk.New[fields, Public, Secret](block{}, sdk.Spec{
		Views:    []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Prepared: true}}},
		Handlers: []wire.Handler{{Name: "do", Roles: []wire.Role{wire.RoleLearner}}},
	})
}

func (block) Render(_ *sdk.Call, v sdk.View[fields, Public]) (sdk.Fragment, error) {
	var b strings.Builder
	b.WriteString("<fieldset><legend>" + v.Public.Question + "</legend>")
	for i, choice := range v.Public.Choices {
		fmt.Fprintf(&b, `<label><input type="radio" name="choice" value="%d">%s</label>`, i, choice)
	}
	return sdk.Fragment{HTML: b.String() + "</fieldset>"}, nil
}

func (block) Grade(_ *sdk.Call, s sdk.Submission[Public, Secret]) (wire.Verdict, error) {
	answer := strings.Trim(string(s.Answers), `"`)
	verdict := wire.Verdict{Outcome: wire.OutcomeScored, Possible: 1, Parts: []wire.Part{{
		ID: "2_1", Correctness: wire.Incorrect, Possible: 1, Feedback: s.Secret.Feedback[answer],
	}}}
	if answer == s.Secret.Right {
		verdict.Earned, verdict.Parts[0].Correctness, verdict.Parts[0].Earned = 1, wire.Correct, 1
	}
	return verdict, nil
}

func (block) Handle(c *sdk.Call, r *sdk.Request[fields, Public]) (*sdk.Reply, error) {
	switch what := strings.Join(r.Form["what"], ""); what {
	case "echo":
		return sdk.OK().Text("text/plain", string(r.Body.Data)), nil
	case "loop":
		for i := 0; ; i++ {
			kept = kept[:0]
		}
	case "memory":
		var hoard [][]byte
		for {
			hoard = append(hoard, make([]byte, 1<<20))
			hoard[len(hoard)-1][0] = 1
		}
	case "grow":
		big := make([]byte, 6<<20)
		big[len(big)-1] = 1
		return sdk.OK().Text("text/plain", fmt.Sprint(len(big))), nil
	case "recurse":
		return sdk.OK().Text("text/plain", fmt.Sprint(recurse(0))), nil
	case "panic":
		panic("on purpose")
	case "exit":
		fmt.Fprintln(os.Stderr, "leaving")
		os.Exit(3)
	case "huge":
		return sdk.OK().Text("text/plain", strings.Repeat("x", 5<<20)), nil
	case "leak":
		kept = append(kept, c.Context.Subject+strings.Join(r.Form["word"], ""))
		os.Setenv("LEAK", "x")
		return sdk.OK().Text("text/plain", fmt.Sprint(kept, os.Getenv("LEAK"))), nil
	case "entropy":
		var b [8]byte
		if _, err := rand.Read(b[:]); err != nil {
			return nil, err
		}
		start := time.Now()
		time.Sleep(time.Hour)
		return sdk.OK().Text("text/plain", hex.EncodeToString(b[:])+" "+time.Now().UTC().Format(time.RFC3339)+" "+
			fmt.Sprint(time.Since(start) >= time.Hour)+" "+fmt.Sprint(c.Rand().IntN(1000))), nil
	case "files":
		_, err := os.ReadFile("/etc/passwd")
		return sdk.OK().Text("text/plain", fmt.Sprint(err != nil, len(os.Environ()), len(os.Args))), nil
	case "service":
		_, err := c.Children()
		return sdk.OK().Text("text/plain", fmt.Sprint(err)), nil
	case "long": // longer than an interpreter goes on, after it told and asked something
		c.Logf(sdk.LevelWarn, "setting out")
		_, err := c.Children()
		for range 10_000_000 {
			kept = kept[:0]
		}
		return sdk.OK().Text("text/plain", fmt.Sprint("there ", err)), nil
	case "log":
		c.Logf(sdk.LevelWarn, "a line of %d", 42)
	}
	return sdk.OK(), nil
}

func recurse(n int) int { return recurse(n+1) + 1 }
