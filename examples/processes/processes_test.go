package processes

import (
	"testing"

	"github.com/quoin-lms/quoin/runtime/packages/trials"
)

// Every promise, sample and story holds in a process of its own, as a site would run it.
func TestInItsProcess(t *testing.T) {
	report, err := trials.Folder(t.Context(), trials.Config{Cache: t.TempDir()}, "judge")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Results {
		for _, failure := range r.Failures {
			t.Errorf("%s: %s", r.Name, failure)
		}
	}
	if report.Engine != "process" || report.Problem != "" || len(report.Results) < 8 {
		t.Errorf("%d trials in %s %s", len(report.Results), report.Engine, report.Problem)
	}
}
