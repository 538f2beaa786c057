package external_test

import (
	"bytes"
	"testing"

	"github.com/quoin-lms/quoin/examples/blocks/external"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/blocktest"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func TestBlock(t *testing.T) { blocktest.Conformance(t, external.Block()) }

// TestTheSharedSecretReachesNoCall: the fake host keeps what an author types into a key field to itself, as the real one.
func TestTheSharedSecretReachesNoCall(t *testing.T) {
	const typed = "typed-by-the-author"
	calls := 0
	w, err := fakehost.Open(fakehost.Config{Serve: external.Block().Serve, Observe: func(c *fakehost.Call) {
		calls++
		if bytes.Contains(c.Request, []byte(typed)) {
			t.Errorf("the secret is in %s", c)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	place := w.Place("it")
	if err := w.Publish(place, wire.Fields{"grader": sdk.Key(typed)}); err != nil {
		t.Fatal(err)
	}
	w.SetSecret("grader", fakehost.Secret{Value: []byte(typed), Host: "grader.example"})
	w.Answer("POST", "https://grader.example/*", wire.HTTPDone{Status: 202})
	post := fakehost.Post{Handler: "submit", HTTP: wire.HTTP{Form: map[string][]string{"text": {"mine"}}}}
	if _, err := w.Post(w.Person("ann"), place, post); err != nil {
		t.Fatal(err)
	}
	if err := w.Work(); err != nil {
		t.Fatal(err)
	}
	if len(w.Asked) != 1 || w.Asked[0].Headers["authorization"] != "Bearer "+typed || calls < 4 {
		t.Errorf("after %d calls the grader was asked %+v", calls, w.Asked)
	}
}
