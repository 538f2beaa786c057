package check_test

import (
	"os"
	"testing"

	"github.com/quoin-lms/quoin/runtime/npm"
)

func TestFormulas(t *testing.T) {
	report := run(t, nil, archive(`<quirk url_name="fine" mode="fine"/>`, `<quirk url_name="math" mode="formulas"/>`))
	if _, err := npm.File(npm.Interpreter); err != nil && os.Getenv("CI") == "" {
		if report.Formulas != nil {
			t.Errorf("without a typesetter %+v", report.Formulas)
		}
		t.Skip(err)
	}
	f := report.Formulas
	if f == nil || f.Count != 2 || len(f.Wrong) != 1 {
		t.Fatalf("%+v", f)
	}
	const want = `vertical/v1.xml:3 math: Unsupported function name: \nosuch in "\\nosuch" -> correct the TeX; learners see it as it is written`
	if got := messages(f.Wrong); got != want {
		t.Errorf("told as %s", got)
	}
	if report.Failed() {
		t.Error("a wrong formula fails the check: it is shown as it is written")
	}
}
