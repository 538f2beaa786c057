package blocktest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/blocktest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

type text struct{}

func (text) Render(*sdk.Call, sdk.View[sdk.None, sdk.None]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: "<p>x</p>"}, nil
}

// A subtest stands for each trial, and a golden file is written where Update says so; package suite tests the trials.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	golden := filepath.Join(dir, "testdata", "stories", "page.txtar")
	if err := os.MkdirAll(filepath.Dir(golden), 0o750); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{filepath.Join(dir, "block.json"): `{"name": "text"}`, golden: "view\n  golden page.html\n"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	block := sdk.New[sdk.None, sdk.None, sdk.None](text{}, sdk.Spec{Views: []wire.View{{Name: wire.ViewLearner}}})
	blocktest.Run(t, blocktest.Config{Block: block, Dir: dir, Update: true})
	blocktest.Run(t, blocktest.Config{Serve: block.Serve, Dir: dir})
	if data, err := os.ReadFile(golden); err != nil || string(data) != "view\n  golden page.html\n-- page.html --\n<p>x</p>\n" {
		t.Errorf("got %q, %v", data, err)
	}
}
