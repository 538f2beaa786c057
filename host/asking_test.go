package host_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// finder passes on what the platform's services answer.
type finder struct{}

func (finder) Render(*sdk.Call, sdk.View[sdk.None, sdk.None]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: "<p>finder</p>"}, nil
}

func (finder) Mount(c *sdk.Call, _ *sdk.None, r wire.MountRequest) (*sdk.Reply, error) {
	if r.Path == "/sign" {
		signature, err := c.Sign(wire.KeySign{Secret: "token", Algorithm: "hmac-sha256", Payload: wire.Blob{Data: []byte("x")}})
		return sdk.JSON(signature), err
	}
	hits, err := c.Search(strings.Join(r.Query["q"], ""), 10)
	if err != nil {
		return nil, err
	}
	var titles []string
	for _, hit := range hits {
		titles = append(titles, hit.Title)
	}
	return sdk.JSON(titles), nil
}

// What a block finds for somebody is what that person may see, as on the search page; what it signs with is never its own to read.
func TestServicesBeyondTheBlock(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	w.installManifest(`{"name": "finder", "version": "1.0.0", "title": "Finder", "description": "Finds.", "licence": "Apache-2.0", "per": "run", "types": [{"name": "finder", "title": "Finder", "kind": "app"}],
		"permissions": [{"name": "search", "reason": "r"}, {"name": "keys", "reason": "r"}, {"name": "mount", "reason": "r", "values": ["find"]}]}`, nil, true,
		sdk.New[sdk.None, sdk.None, sdk.None](finder{}, sdk.Spec{Kind: wire.KindApp, Mounts: []wire.Handler{{Name: "find", Roles: []wire.Role{wire.RoleLearner, wire.RoleOutside}}}}))
	run := w.forces()
	find := func(b *browser, question string) string {
		return b.get(blockPath(run, "finder", "finder") + "/mount/find?q=" + question).body
	}
	ann, sue := w.member("ann", run, ""), w.member("sue", run, "staff")
	for _, b := range []*browser{ann, sue} {
		if got := find(b, "gravity"); !strings.Contains(got, "Gravity") {
			t.Errorf("gravity is not found: %s", got)
		}
	}
	for _, hidden := range []string{"sealed", "team"} {
		if got := find(ann, hidden); got != "null" {
			t.Errorf("a learner finds %s: %s", hidden, got)
		}
		if got := find(sue, hidden); got == "null" {
			t.Errorf("staff do not find %s", hidden)
		}
	}
	if got := w.visitor().send("POST", blockPath(run, "finder", "finder")+"/mount/find?q=gravity", nil, "x"); strings.Contains(got.body, "Gravity") {
		t.Errorf("an outside caller finds %s", got.body)
	}
	sign := blockPath(run, "finder", "finder") + "/mount/find/sign"
	if p := ann.get(sign); p.status != 503 {
		t.Errorf("signing with what is not set: %d", p.status)
	}
	if err := w.site.Secrets.Set(t.Context(), "finder", "token", "", "canary-value"); err != nil {
		t.Fatal(err)
	}
	var signature string
	if err := json.Unmarshal([]byte(ann.get(sign).must(200).body), &signature); err != nil || len(signature) != 44 {
		t.Errorf("the signature is %q, %v", signature, err)
	}
	if text := fmt.Sprint(w.log.String(), signature); strings.Contains(text, "canary") {
		t.Error("the secret is in the log")
	}
}
