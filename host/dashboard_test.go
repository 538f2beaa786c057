package host_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/people"
)

// The dashboard says what is due in a week, where to go on, and keeps courses apart that run, will come and are over.
func TestDashboard(t *testing.T) {
	w := newWorld(t, options{})
	due := func(after time.Duration) string { return time.Now().UTC().Add(after).Format(time.RFC3339) }
	run := w.course(map[string]string{
		"course.xml": `<course url_name="r" org="Org" course="Now"/>`,
		"course/r.xml": fmt.Sprintf(`<course %s display_name="Running"><chapter url_name="c" display_name="Week">
			<sequential url_name="s1" display_name="In three days" graded="true" due="&quot;%s&quot;"><vertical url_name="v1" display_name="Unit one"><html url_name="h"/></vertical></sequential>
			<sequential url_name="s2" display_name="In nine days" due="&quot;%s&quot;"><vertical url_name="v2"><html url_name="h2"/></vertical></sequential>
			<sequential url_name="s3" display_name="Yesterday" due="&quot;%s&quot;"><vertical url_name="v3"><html url_name="h3"/></vertical></sequential></chapter></course>`,
			begun, due(72*time.Hour), due(9*24*time.Hour), due(-24*time.Hour)),
		"html/h.xml": `<html filename="h"/>`, "html/h.html": `<p>a</p>`, "html/h2.xml": `<html filename="h"/>`, "html/h3.xml": `<html filename="h"/>`,
	})
	later := w.offered("Org", "LATER", `start="&quot;2090-01-01T00:00:00Z&quot;" display_name="Next year"`, nil)
	past := w.offered("Org", "PAST", begun+`display_name="Long ago" end="&quot;2021-01-01T00:00:00Z&quot;"`, nil)
	user := w.account("ann", run, "")
	ann := w.enter(user)
	ann.get("/").must(200, "In three days", "Unit one", "Due in the next 7 days", "Current courses").without("In nine days", "Yesterday", "Coming up", "Past courses")
	for _, course := range []string{later.String(), past.String()} {
		if _, _, err := w.site.People.Enrol(t.Context(), user.ID, course, ""); err != nil {
			t.Fatal(err)
		}
	}
	body := ann.get("/").must(200, "Coming up", "Past courses", "Find another course").body
	for _, pair := range [][2]string{{"Current courses", ">Running<"}, {">Running<", "Coming up"}, {"Coming up", ">Next year<"}, {">Next year<", "Past courses"}, {"Past courses", ">Long ago<"}} {
		if strings.LastIndex(body, pair[0]) > strings.LastIndex(body, pair[1]) {
			t.Errorf("%q stands behind %q", pair[0], pair[1])
		}
	}
	w.member("nils", run).get("/").must(200, "You are not in a course yet.", `href="/courses">Find a course`)
}

// Whoever comes back goes on in the unit that he opened last, whether he did anything there or not; when it is complete, in the
// next one that is not. Looking at a course as a learner does not move his place.
func TestResume(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	home := "/courses/" + run.String()
	ann := w.member("ann", run, "")
	ann.get("/").must(200, "Begin here").without("Go on where you were")
	ann.get(home + "/units/five").must(200)
	ann.get("/").must(200, "/units/five", "Go on where you were").without("Begin here")
	ann.get(home).must(200, "/units/five", "Go on where you were")

	sam := w.member("sam", run, people.RoleStaff)
	sam.get("/courses/" + run.String() + ";as=" + w.pseudonym("ann", run) + "/units/more").must(200)
	last, there, err := w.site.Bookmarks.Last(t.Context(), w.pseudonym("ann", run))
	if err != nil || !there || last.ID != "five" {
		t.Errorf("her place is %v, %v, %v", last, there, err)
	}
}
