package guests

import (
	"os"
	"os/exec"
	"testing"

	"github.com/quoin-lms/quoin/runtime/packages/trials"
)

// The resistor, written in C, keeps every promise of the contract in the sandbox.
func TestResistor(t *testing.T) {
	for _, tool := range []string{"clang", "wasm-ld"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("the block in C needs clang and lld: %v", err)
			}
			t.Skipf("the block in C needs clang and lld (on Debian: apt-get install clang lld): %v", err)
		}
	}
	report, err := trials.Folder(t.Context(), trials.Config{Cache: t.TempDir()}, "resistor")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Results {
		for _, failure := range r.Failures {
			t.Errorf("%s: %s", r.Name, failure)
		}
	}
	if report.Engine != "wasm" || report.Problem != "" || len(report.Results) < 8 {
		t.Errorf("%d trials in %s %s", len(report.Results), report.Engine, report.Problem)
	}
}
