package host_test

import (
	"strings"
	"testing"
)

// Archives give blocks of several types the same id. Every link leads to the block that it says, and no page leads to itself.
func TestBlocksOfOneID(t *testing.T) {
	w := newWorld(t, options{})
	run := w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Same"/>`,
		"course/now.xml": `<course display_name="Same" start="&quot;2020-01-01T00:00:00Z&quot;">
			<chapter display_name="Part" url_name="week">
				<sequential display_name="Before" url_name="before"><vertical display_name="Other unit" url_name="other"><html url_name="other"><![CDATA[<p>other words</p>]]></html></vertical></sequential>
				<sequential display_name="Within" url_name="week">
					<vertical display_name="First unit" url_name="start"><html url_name="before"><![CDATA[<p>first words</p>]]></html></vertical>
					<vertical display_name="Week unit" url_name="week"><html url_name="week"><![CDATA[<p>week words</p>]]></html><problem url_name="week" display_name="Week question">` +
			`<numericalresponse answer="4"><label>Two and two?</label><formulaequationinput/></numericalresponse></problem></vertical>
				</sequential>
			</chapter>
		</course>`,
	})
	base := "/courses/" + run.String()
	ann := w.member("ann", run, "")
	to := func(path string) *page {
		p := ann.get(path)
		for range 3 {
			if p.status != 303 {
				break
			}
			p = p.follow()
		}
		return p
	}
	to(base+"/units/week").must(200, "Week unit", "week words")
	to(base+"/units/sequential@week").must(200, "First unit", "first words")
	to(base+"/units/chapter@week").must(200, "Other unit", "other words")
	to(base+"/jump_to_id/html@week").must(200, "Week unit")
	to(base+"/jump_to_id/problem@week").must(200, "Week unit")
	to(base+"/units/before").must(200, "Other unit", "other words") // the subsection, not the text in another one
	to(base+"/units/html@before").must(200, "First unit", "first words")
	ann.get(base + "/units/nothing@week").must(404)
	ann.get(base + "/units/week@").must(404)

	home := ann.get(base).must(200)
	for title, words := range map[string]string{"Before": "other words", "Within": "first words"} {
		found := false
		for _, a := range home.all("a") {
			if strings.HasPrefix((&page{doc: a}).words(), title) {
				found = true
				to(attribute(a, "href")).must(200, words)
			}
		}
		if !found {
			t.Errorf("the outline has no link called %s", title)
		}
	}
	ids := map[string]bool{}
	for _, section := range to(base + "/units/week").all("section") {
		if id := attribute(section, "id"); id != "" && ids[id] {
			t.Errorf("two elements are called %s", id)
		} else {
			ids[id] = true
		}
	}
	if !ids["block-week"] || !ids["block-problem@week"] {
		t.Errorf("the blocks' elements are called %v", ids)
	}
	answered := ann.get(base+"/units/week").form(blockPath(run, "problem", "week")).set("input_2_1", "4").press("submit").must(303)
	if got := answered.header.Get("Location"); got != base+"/units/week#block-problem@week" {
		t.Errorf("the reply leads to %s", got)
	}
}
