package wire

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
)

func TestCheckVerdict(t *testing.T) {
	tests := map[string]struct {
		verdict Verdict
		good    bool
	}{
		"scored":                 {Verdict{Outcome: OutcomeScored, Earned: 1, Possible: 2}, true},
		"more than possible":     {Verdict{Outcome: OutcomeScored, Earned: 3, Possible: 2}, true}, // the host clamps what counts
		"less than nothing":      {Verdict{Outcome: OutcomeScored, Earned: -1, Possible: 2}, true},
		"pending":                {Verdict{Outcome: OutcomePending}, true},
		"the host's own":         {Verdict{Outcome: OutcomeSubmitted}, false},
		"none":                   {Verdict{}, false},
		"invented":               {Verdict{Outcome: "excellent"}, false},
		"not a number":           {Verdict{Outcome: OutcomeScored, Earned: math.NaN(), Possible: 1}, false},
		"infinite":               {Verdict{Outcome: OutcomeScored, Earned: 1, Possible: math.Inf(1)}, false},
		"too many":               {Verdict{Outcome: OutcomeScored, Earned: 1, Possible: 1e10}, false},
		"negative possible":      {Verdict{Outcome: OutcomeScored, Possible: -1}, false},
		"a part not a number":    {Verdict{Outcome: OutcomeScored, Parts: []Part{{Earned: math.NaN()}}}, false},
		"a pending not a number": {Verdict{Outcome: OutcomePending, Earned: math.NaN()}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if failure := CheckVerdict(&test.verdict); (failure == nil) != test.good {
				t.Errorf("got %v", failure)
			}
		})
	}
}

// What JavaScript makes of NaN is null, and of undefined nothing at all: neither is a score of zero.
func TestVerdictWithoutNumbers(t *testing.T) {
	for body, want := range map[string]string{
		`{"outcome":"scored","earned":0,"possible":1}`:                                                                "",
		`{"outcome":"scored","earned":0,"possible":0,"parts":[{"id":"a","correctness":"incorrect"}]}`:                 "",
		`{"outcome":"invalid","earned":null}`:                                                                         "",
		`{"outcome":"scored","earned":null,"possible":1}`:                                                             "earned null, possible 1",
		`{"outcome":"scored","earned":1,"possible":null}`:                                                             "earned 1, possible null",
		`{"outcome":"scored","possible":1}`:                                                                           "earned none, possible 1",
		`{"outcome":"scored","earned":1,"possible":1,"parts":[{"id":"a","earned":null,"possible":1}]}`:                `part "a"`,
		`{"outcome":"scored","earned":1,"possible":1,"parts":[{"id":"a","earned":1,"possible":1},{"possible":null}]}`: `part ""`,
	} {
		frame, err := EncodeReply(json.RawMessage(body), nil)
		if err != nil {
			t.Fatal(err)
		}
		var verdict Verdict
		err = DecodeReply(frame, &verdict)
		var failure *Error
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", body, err)
		case want != "" && (!errors.As(err, &failure) || failure.Code != CodeBadReply || failure.Blame != BlameBlock || !strings.Contains(failure.Message, want)):
			t.Errorf("%s: got %v, want %q", body, err, want)
		}
	}
}

func TestCheckFacts(t *testing.T) {
	number := func(x float64) *float64 { return &x }
	for _, good := range []Facts{{}, {Completion: CompleteByContent}, {MaxScore: number(0)}, {MaxScore: number(3), Weight: number(0.5)}} {
		if failure := CheckFacts(&good); failure != nil {
			t.Errorf("%+v: %v", good, failure)
		}
	}
	if failure := CheckFacts(&Facts{Completion: "sumbit"}); failure == nil || !strings.Contains(failure.Message, `"sumbit" is none of view, submit`) {
		t.Errorf("a misspelt completion: %v", failure)
	}
	for _, bad := range []float64{-1, math.NaN(), math.Inf(1), 1e10} {
		for _, facts := range []Facts{{MaxScore: &bad}, {Weight: &bad}, {Undrawn: &bad}} {
			if CheckFacts(&facts) == nil {
				t.Errorf("%v passes in %+v", bad, facts)
			}
		}
	}
}

func TestCheckAnswer(t *testing.T) {
	tests := map[string]struct {
		reply HandleReply
		good  bool
	}{
		"nothing":               {HandleReply{}, true},
		"created":               {HandleReply{Status: 201}, true},
		"a redirect of its own": {HandleReply{Status: 302}, false},
		"see other":             {HandleReply{Status: 303, Location: "/thread/1?page=2"}, true},
		"elsewhere":             {HandleReply{Status: 303, Location: "https://evil.example/"}, false},
		"elsewhere in disguise": {HandleReply{Status: 303, Location: "//evil.example/"}, false},
		"backslashes":           {HandleReply{Status: 303, Location: "/\\evil.example/"}, false},
		"a split header":        {HandleReply{Status: 303, Location: "/a\r\nset-cookie: b"}, false},
		"location without 303":  {HandleReply{Location: "/a"}, false},
		"etag":                  {HandleReply{Headers: map[string]string{"ETag": `"1"`}}, true},
		"a cookie":              {HandleReply{Headers: map[string]string{"Set-Cookie": "a=b"}}, false},
		"a split etag":          {HandleReply{Headers: map[string]string{"etag": "1\r\nset-cookie: a=b"}}, false},
		"a type":                {HandleReply{ContentType: "text/csv; charset=utf-8"}, true},
		"no type":               {HandleReply{ContentType: "text csv"}, false},
		"half a type":           {HandleReply{ContentType: "text/"}, false},
		"a split type":          {HandleReply{ContentType: "text/csv\r\nset-cookie: a=b"}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			failure := CheckAnswer(&test.reply)
			if (failure == nil) != test.good {
				t.Errorf("got %v", failure)
			}
			if failure != nil && failure.Code != CodeBadReply {
				t.Errorf("code %s", failure.Code)
			}
		})
	}
}

// TestPassingReplies: what a service answers while it is down must be asked again, what it answered for good must not.
func TestPassingReplies(t *testing.T) {
	for status, want := range map[int]bool{200: false, 202: false, 303: false, 400: false, 404: false, 409: false, 408: true, 425: true, 429: true, 500: true, 503: true} {
		if got := (&HTTPDone{Status: status}).Passing(); got != want {
			t.Errorf("%d: got %v", status, got)
		}
	}
}
