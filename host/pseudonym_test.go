package host_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// What a script gets of its learner is one pseudonym in each run of a course: the same on every page, another one for another
// learner and in another run, and nothing that names the account.
func TestScriptsKnowTheLearnerByPseudonym(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	course := func(name string) key.Course {
		return w.course(map[string]string{
			"course.xml":               `<course url_name="now" org="Org" course="` + name + `"/>`,
			"course/now.xml":           `<course display_name="` + name + `" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c"><sequential url_name="s"><vertical url_name="v"><problem url_name="who"/></vertical></sequential></chapter></course>`,
			"policies/now/policy.json": `{}`,
			"problem/who.xml":          `<problem display_name="Who"><p>You are [$anonymous_student_id].</p><stringresponse answer="$anonymous_student_id"><textline/></stringresponse></problem>`,
		})
	}
	one, two := course("One"), course("Two")
	ann, bob := w.account("ann", one, ""), w.account("bob", one, "")
	if _, _, err := w.site.People.Enrol(t.Context(), ann.ID, two.String(), ""); err != nil {
		t.Fatal(err)
	}
	known := regexp.MustCompile(`You are \[([^\]]*)\]`)
	seen := func(b *browser, run key.Course) string {
		found := known.FindStringSubmatch(b.get(unitPath(run, "v")).must(200).body)
		if found == nil {
			t.Fatal("nothing is said of the learner")
		}
		return found[1]
	}
	a := w.enter(ann)
	first := seen(a, one)
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(first) || strings.Contains(first, ann.ID) {
		t.Errorf("the pseudonym is %q, the account %q", first, ann.ID)
	}
	if again := seen(w.enter(ann), one); again != first {
		t.Errorf("the pseudonym changed from %s to %s", first, again)
	}
	if other := seen(w.enter(bob), one); other == first {
		t.Error("two learners have the same pseudonym")
	}
	if other := seen(a, two); other == first || other == ann.ID {
		t.Errorf("in another run the pseudonym is %s", other)
	}
	a.get(unitPath(one, "v")).form(blockPath(one, "problem", "who")).set("input_2_1", first).press("submit").must(303).follow().must(200, "status correct")
}
