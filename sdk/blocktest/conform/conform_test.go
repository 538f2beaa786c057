package conform_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/blocktest/conform"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/blocktest/story"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func subject(t *testing.T, b sdk.Block) conform.Subject {
	t.Helper()
	setup, err := story.Parse("setup", []byte("secret office s3cret\ndocument counters likes {\"left\": 10}\n"))
	if err != nil {
		t.Fatal(err)
	}
	return conform.Subject{
		Serve: b.Serve, Assets: []string{"tiny.js"}, Setup: setup,
		Permissions: fakehost.Permissions{"documents": nil, "users": nil, "keys": nil, "mount": {"hook"}},
	}
}

func TestAWellBehavedBlockKeepsEveryPromise(t *testing.T) {
	for _, check := range conform.Checks() {
		for _, finding := range conform.Run(subject(t, block("")), check) {
			t.Errorf("%s: %s", check.Name, finding)
		}
	}
}

// TestEveryPromiseIsNoticedWhenItIsBroken runs blocks that break one promise each: the check of that promise must find it,
// and say so in these words.
func TestEveryPromiseIsNoticedWhenItIsBroken(t *testing.T) {
	broken := map[string][]struct{ fault, says string }{
		"describe": {{"reads a secret field", "which is secret"}, {"schema", "schema -1"}, {"misspelt", `fields["word"].secrte is no member`}, {"misspelt", `views["learner"].reads.feilds is no member`}},
		"samples": {
			{"wrong score", "it comes to scored with 1 of 2"},
			{"other maximum", "outline's max_score is 3"},
			{"says not why", "does not say why"},
			{"forgets to submit", "handed in nothing"},
			{"wrong solution", "does not score full"},
			{"report names no submission", "which was not asked for"},
			{"no samples publish", "it does not publish"},
		},
		"views": {
			{"view fails after an answer", "it does not render for ann"},
			{"form", "a form element"},
			{"missing asset", "none.css"},
		},
		"names":    {{"serves any view", "answered with a reply"}, {"serves any operation", "answered with a reply"}},
		"function": {{"counts calls", "answers otherwise"}, {"own chance", "answers otherwise"}},
		"secrets": {
			{"key in public", "a part of the key is in the public value"},
			{"number in public", "a part of the key is in the public value"},
			{"key in facts", "a part of the key is in the facts"},
			{"key in feedback", "a part of the key is in the verdict"},
			{"key of a form of its own", "sesame-street"},
			{"key in log", "a part of the key is in the block's log"},
		},
		"strange": {
			{"raw draft", "what somebody wrote became markup"},
			{"raw feedback", "what somebody wrote became markup"},
			{"person's name raw", "what somebody wrote became markup"},
			{"panics", "the block panicked"},
			{"untyped error", "an error without a code"},
			{"unsigned", "nobody signed"},
		},
		"faults": {{"goes on without a service", "it goes on without"}, {"asks without permission", "was refused"}, {"counts runs", "after two conflicts"}},
		"race":   {{"careless", "posted twice at once"}},
	}
	for _, check := range conform.Checks() {
		if len(broken[check.Name]) == 0 {
			t.Errorf("no block breaks the promise %s: %s", check.Name, check.Says)
		}
		for _, b := range broken[check.Name] {
			t.Run(check.Name+"/"+b.fault, func(t *testing.T) {
				s := subject(t, block(b.fault))
				s.Serve = servesAnything(s.Serve, b.fault)
				findings := conform.Run(s, check)
				found := slices.ContainsFunc(findings, func(f conform.Finding) bool {
					return f.Level == wire.LevelError && strings.Contains(f.Message, b.says)
				})
				if !found {
					t.Errorf("nothing says %q; found were %v", b.says, findings)
				}
			})
		}
	}
}

// servesAnything makes a block of another kit, which does not refuse by itself what it did not declare.
func servesAnything(serve fakehost.Serve, fault string) fakehost.Serve {
	return func(host sdk.Host, frame []byte) []byte {
		reply := serve(host, frame)
		if request, _, err := wire.DecodeRequest(frame); err == nil && request.Op == wire.OpDescribe && fault == "misspelt" {
			return bytes.Replace(bytes.Replace(bytes.Clone(reply), []byte(`"secret":true`), []byte(`"secrte":true`), 1),
				[]byte(`"fields":["`), []byte(`"feilds":["`), 1)
		}
		failure := wire.DecodeReply(reply, nil)
		wanted := map[string]wire.Code{"serves any view": wire.CodeNotFound, "serves any operation": wire.CodeUnsupported}[fault]
		if wanted == "" || !errors.Is(failure, &wire.Error{Code: wanted}) {
			return reply
		}
		reply, err := wire.EncodeReply(struct{}{}, nil)
		if err != nil {
			panic(err)
		}
		return reply
	}
}

// TestABlockWithoutSamplesIsToldSo: what is not tested must not look tested.
func TestABlockWithoutSamplesIsToldSo(t *testing.T) {
	bare := sdk.New[sdk.None, sdk.None, sdk.None](struct{}{}, sdk.Spec{Kind: wire.KindApp})
	for _, check := range conform.Checks() {
		findings := conform.Run(conform.Subject{Serve: bare.Serve}, check)
		if check.Name == "samples" && (len(findings) != 1 || findings[0].Level != wire.LevelWarning) {
			t.Errorf("got %v", findings)
		}
	}
}

// TestABlockThatDoesNotDescribeItself is one finding of every promise, not a panic.
func TestABlockThatDoesNotDescribeItself(t *testing.T) {
	dead := func(sdk.Host, []byte) []byte { return []byte("no frame") }
	for _, check := range conform.Checks() {
		if findings := conform.Run(conform.Subject{Serve: dead}, check); len(findings) == 0 {
			t.Errorf("%s found nothing", check.Name)
		}
	}
}
