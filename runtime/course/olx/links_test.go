package olx_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestLinks(t *testing.T) {
	course, findings := mustRead(t, small(`<vertical>
<html url_name="h"/>
<poll url_name="q" answers="[{&quot;img&quot;: &quot;/static/a.png&quot;}]" other='{"x": "/static/gone2.png"}'/>
<problem url_name="p"><img src="/static/sub/b c.png?raw#top"/>
é<a href='/jump_to_id/h'/><a href="/jump_to_id/gone3/"/></problem>
</vertical>`, archive{
		"html/h.xml": `<html filename="h"/>`,
		"html/h.html": `<img src="/static/a.png"><img src='/static/A_b__c_.png'> "/static/" + name '/static/' /static/unquoted.png
"https://example.com/static/elsewhere.png" url(/static/css.png) "/static/${x}.png" '/static/" + x + "'
<a href="/jump_to_id/c">é <img src="/static/caf%C3%A9.png"></a><a href="/jump_to_id/gone1"> "\"/static/a.png\""
<a href="/courses/course-v1:O+C+R/jump_to/block-v1:O+C+R+type@vertical+block@v"><a href="/courses/course-v1:O+C+R/jump_to_id/s">
<a href="/courses/course-v1:O+C+R/about"><a href="/courses/course-v1:X+Y+Z/jump_to_id/s">
<img src="/asset-v1:O+C+R+type@asset+block@sub_b_c.png"><img src="asset-v1:X+Y+Z+type@asset+block@foreign.png"><img src="/c4x/O/C/asset/a.png">
"/static/never closed`,
		"static/a.png": "", "static/sub/b c.png": "", "static/A b (c).png": "", "static/café.png": "",
		"about/overview.html": `<img src="/static/gone4.png">`,
	}))
	want(
		t, findings,
		"broken_link html/h.html:3:73 html h",
		"foreign html/h.html:5:51 html h",
		"foreign html/h.html:6:67 html h",
		"missing_asset vertical/v.xml:3:91 poll q",
		"broken_link vertical/v.xml:5:36 problem p",
		"missing_asset about/overview.html:1:11",
	)
	var got []string
	for _, r := range course.References() {
		to := "-"
		if r.Path != "" {
			to = strings.TrimPrefix(r.Path, "course/static/")
		} else if r.To != nil {
			to = r.To.Type + " " + r.To.ID
		} else if r.Foreign {
			to = "foreign"
		}
		owner := "page"
		if r.Block != nil {
			owner = r.Block.ID
		}
		got = append(got, fmt.Sprintf("%s %d:%d %s %s -> %s", owner, r.Line, r.Column, r.Kind, r.Target, to))
	}
	wanted := []string{
		"h 1:11 asset a.png -> a.png",
		"h 1:36 asset A_b__c_.png -> A b (c).png",
		"h 3:10 block c -> chapter c",
		"h 3:37 asset café.png -> café.png",
		"h 3:73 block gone1 -> -",
		"h 3:96 asset a.png -> a.png",
		"h 4:10 block v -> vertical v",
		"h 4:90 block s -> sequential s",
		"h 5:51 block s -> foreign",
		"h 6:11 asset sub_b_c.png -> sub/b c.png",
		"h 6:67 asset foreign.png -> foreign",
		"h 6:122 asset a.png -> a.png",
		"q 3:54 asset a.png -> a.png",
		"q 3:91 asset gone2.png -> -",
		"p 4:33 asset sub/b c.png -> sub/b c.png",
		"p 5:11 block h -> html h",
		"p 5:36 block gone3 -> -",
		"page 1:11 asset gone4.png -> -",
	}
	if strings.Join(got, "\n") != strings.Join(wanted, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(wanted, "\n"))
	}
	if missing, broken := course.MissingAssets(), course.BrokenLinks(); len(missing) != 2 || len(broken) != 2 || missing[0].Target != "gone2.png" {
		t.Errorf("got %d missing assets, %d broken links", len(missing), len(broken))
	}
}

// The links of an element are its own, not its children's.
func TestLinksBelongToTheirBlock(t *testing.T) {
	course, findings := mustRead(t, small(`<vertical><!-- "/static/of-v.png" --><html url_name="h">"/static/of-h.png"</html>
<html url_name="g"/><x>'/jump_to_id/of-v2'</x></vertical>`, archive{"html/g.xml": `<html>"/static/of-g.png"</html>`}))
	want(
		t, findings, "no_id vertical/v.xml:2:21 x x_c2108e5d61a7",
		"missing_asset vertical/v.xml:1:17 vertical v", "missing_asset vertical/v.xml:1:58 html h", "missing_asset html/g.xml:1:8 html g",
		"broken_link vertical/v.xml:2:25 x x_c2108e5d61a7",
	)
	if got := len(vertical(t, course).References); got != 1 {
		t.Errorf("the vertical has %d references, want 1", got)
	}
}

func TestOneBodyOfSeveralBlocks(t *testing.T) {
	course, findings := mustRead(t, small(`<vertical><html url_name="a" filename="x"/><html url_name="b" filename="x"/></vertical>`, archive{
		"html/x.html": `<img src="/static/gone.png">`,
	}))
	want(t, findings, "missing_asset html/x.html:1:11 html a", "missing_asset html/x.html:1:11 html b")
	for _, file := range course.Files {
		if file.Path == "course/html/x.html" && len(file.Blocks) != 2 {
			t.Errorf("the body belongs to %d blocks, want 2", len(file.Blocks))
		}
	}
}
