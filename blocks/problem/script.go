package problem

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// library is the course file that every script may import from, as in Open edX.
const library = "python_lib.zip"

// runner runs a problem's programs by the service script.
func runner(c *sdk.Call) capa.Runner {
	return func(p capa.Program) (capa.Ran, error) {
		done, err := c.Script(wire.ScriptRun{
			Language: "python", Prelude: "capa", Code: p.Code, Globals: p.Globals, Want: p.Want, Seed: int(p.Seed), Files: []string{library},
		})
		if err != nil {
			return capa.Ran{}, err
		}
		ran := capa.Ran{Globals: done.Globals}
		if f := done.Failed; f != nil {
			ran.Failed = &capa.ProgramError{Class: f.Class, Message: f.Message, Line: f.Line}
		}
		return ran, nil
	}
}

// circumstances are what a call's grading depends on.
func circumstances(c *sdk.Call, attempt int) *capa.Circumstances {
	return &capa.Circumstances{Seed: int64(c.Seed()), Learner: learner(c), Attempt: attempt, Run: runner(c)}
}

// nobody stands for the learner where there is none: for visitors, for authors, and in problems that are the same for everybody.
// It has the form of the others, which scripts may take apart.
var nobody = strings.Repeat("0", 32)

// learner is what scripts know as anonymous_student_id, in the form that it has in Open edX: one in each run of a course, made of
// the pseudonym there, which nothing leads back to.
func learner(c *sdk.Call) string {
	if c.Context.Subject == "" {
		return nobody
	}
	sum := sha256.Sum256([]byte("anonymous_student_id " + c.Context.Subject))
	return hex.EncodeToString(sum[:len(nobody)/2])
}

// variation draws the variables of a seed. A script that fails leaves none, and says why.
func variation(c *sdk.Call, secret *capa.Secret) (capa.Variation, *capa.ProgramError, error) {
	v := capa.Variation{Seed: int64(c.Seed()), Learner: learner(c)}
	program := secret.SetUp(v.Seed, v.Learner)
	if program == nil {
		return v, nil, nil
	}
	ran, err := runner(c)(*program)
	if err != nil || ran.Failed != nil {
		return v, ran.Failed, err
	}
	v.Vars = ran.Globals
	return v, nil, nil
}

// checkScript tries a problem's script with one seed, so that its author hears of a mistake before a learner does.
func checkScript(c *sdk.Call, prepared *capa.Prepared) ([]wire.Finding, error) {
	if !prepared.Facts.Script {
		return nil, nil
	}
	v, failed, err := variation(c, prepared.Secret)
	var unavailable *wire.Error
	switch {
	case errors.As(err, &unavailable) && unavailable.Code == wire.CodeUnavailable:
		return []wire.Finding{{
			Level: wire.LevelHint, Field: "data", Message: "the script was not tried: programs do not run here", Fix: "preview the problem on the site",
		}}, nil
	case err != nil:
		return nil, err
	case failed != nil:
		return []wire.Finding{{
			Level: wire.LevelError, Field: "data", Line: prepared.Secret.ScriptLine(failed.Line),
			Message: "the script fails: " + failed.Class + ": " + failed.Message, Fix: "mend it at this line; learners cannot see the problem before",
		}}, nil
	}
	_, found, err := prepared.Variant(v)
	return inField("data", found), err
}
