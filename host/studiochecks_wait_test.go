package host_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/review"
	"github.com/quoin-lms/quoin/runtime/kernel"
)

// patient are the site's blocks, whose code is known under a name of its own.
type patient struct{ *kernel.Kernel }

func (patient) Serving(blockType string, _ key.Course) (review.Served, error) {
	return review.Served{Digest: blockType}, nil
}

func (patient) Installed(string) bool { return true }

// What takes long is done in the background: the page says how much waits and asks how far it is, and then has it.
func TestStudioChecksThatTakeLong(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, _ := w.faultyCourse()
	sue := w.member("sue", run, "staff")
	w.site.Review.Close()
	w.site.Review = review.New(review.Config{Store: w.site.Store, Courses: w.site.Courses, Copies: w.site.Authoring, Blocks: patient{w.site.Kernel}})
	checks := studioPath(run) + "/checks"
	page := sue.get(checks).must(200, "<quoin-transfer", "1 component has not been asked yet", "nowhere")
	if !strings.Contains(page.body, strings.ReplaceAll(checks, "+", "&#43;")+"/state") {
		t.Error("the page does not know where to ask")
	}
	w.site.Review.Wait()
	var state struct{ Works bool }
	if err := json.Unmarshal([]byte(sue.get(checks+"/state").must(200).body), &state); err != nil || state.Works {
		t.Errorf("%+v %v", state, err)
	}
	sue.get(checks).must(200, "nowhere").without("<quoin-transfer", "has not been asked")
}
