package host_test

import (
	"net/url"
	"testing"
)

// One component is for one content group: its team chooses so, the outline and the unit's page say so, and who is in no group does not
// get it.
func TestStudioComponentForAGroup(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Groups"/>`,
		"course/now.xml": `<course display_name="Groups" start="&quot;2020-01-01T00:00:00Z&quot;" user_partitions="[{&quot;id&quot;:50,&quot;name&quot;:&quot;Content Groups&quot;,&quot;scheme&quot;:&quot;cohort&quot;,&quot;version&quot;:3,&quot;parameters&quot;:{},&quot;groups&quot;:[{&quot;id&quot;:1,&quot;name&quot;:&quot;Blue&quot;,&quot;version&quot;:1},{&quot;id&quot;:2,&quot;name&quot;:&quot;Red&quot;,&quot;version&quot;:1}]}]">
			<chapter url_name="c" display_name="C"><sequential url_name="s" display_name="S"><vertical url_name="u" display_name="Tides"><html url_name="all">for everybody</html><html url_name="blue">for the blue</html></vertical></sequential></chapter></course>`,
	})
	sue, ann := w.member("sue", run, "staff"), w.member("ann", run, "")
	usage, unit := run.Usage("html", "blue"), run.Usage("vertical", "u")
	address := studioPath(run) + "/blocks/" + usage.String() + "/settings?" + url.Values{"unit": {unit.String()}}.Encode()
	sue.get(studioPath(run)+"/units/u").must(200, "Who sees this").without("Some groups only")
	form := sue.get(address).must(200, "Who sees this", "Blue", "Red", "‹ <bdi>Tides").without(`name="title"`).form(studioPath(run) + "/set")
	form.set("groups", "50:1").press("").must(303)
	sue.get(studioPath(run)+"/units/u").must(200, "Some groups only")
	ann.get(unitPath(run, "u")).must(200, "for the blue") // until it is published
	sue.did(run, "/publish")
	ann.get(unitPath(run, "u")).must(200, "for everybody").without("for the blue")

	// Its other settings are those of its own form, and what is not the course's is nothing here.
	if status, _ := sue.studioPost(run, "/set", "usage", usage.String(), "has", "title", "title", "Mine"); status != 422 {
		t.Errorf("a component's title is set as an outline's: %d", status)
	}
	sue.get(studioPath(run) + "/blocks/" + run.Usage("html", "nowhere").String() + "/settings").must(404)
	other := w.draftedCourse()
	sue.get(studioPath(run) + "/blocks/" + other.Usage("vertical", "u1").String() + "/settings").must(404)
	sue.get(studioPath(run) + "/blocks/" + usage.String() + "/settings?" + url.Values{"unit": {other.Usage("vertical", "u1").String()}}.Encode()).must(404)
	ann.get(address).must(404)
	// A course without groups says where they are made.
	tom := w.member("tom", other, "staff")
	made := tom.did(other, "/blocks", "parent", other.Usage("vertical", "u1").String(), "type", "html", "title", "A text")
	tom.get(studioPath(other)+"/blocks/"+made["focus"].(string)+"/settings").must(200, "no content groups yet")
}
