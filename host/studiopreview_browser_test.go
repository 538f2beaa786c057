package host_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// An author looks at a unit as a member of a group, at a date, in another language and on a phone, and the page says each time that it
// is a preview, and of what.
func TestStudioPreviewInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Looks"/>`,
		"course/now.xml": `<course display_name="Looks" start="&quot;2020-01-01T00:00:00Z&quot;" user_partitions="[{&quot;id&quot;:50,&quot;name&quot;:&quot;Content Groups&quot;,&quot;scheme&quot;:&quot;cohort&quot;,&quot;version&quot;:3,&quot;parameters&quot;:{},&quot;groups&quot;:[{&quot;id&quot;:1,&quot;name&quot;:&quot;Blue&quot;,&quot;version&quot;:1},{&quot;id&quot;:2,&quot;name&quot;:&quot;Red&quot;,&quot;version&quot;:1}]}]">
			<chapter url_name="c"><sequential url_name="s" start="&quot;2031-05-01T00:00:00Z&quot;"><vertical url_name="u" display_name="Tides"><html url_name="all">for everybody</html><html url_name="blue" group_access="{&quot;50&quot;: [1]}">for the blue</html></vertical></sequential></chapter></course>`,
	})
	b := w.studioTab(t, run, w.account("sue", run, "staff").Username, "u/as/learner")
	frame := `document.querySelector(".preview iframe").contentDocument`
	shows := func(has, lacks string) {
		t.Helper()
		b.until(frame + `?.readyState === "complete"`)
		b.until(fmt.Sprintf(`%s.body?.innerText.includes(%q)`, frame, has))
		if lacks != "" {
			b.is("what it does not show", fmt.Sprintf(`String(%s.body.innerText.includes(%q))`, frame, lacks), "false")
		}
		b.see("h1", "Preview of Tides")
	}
	look := func(field, value string) {
		t.Helper()
		b.eval(`window.before = true`)
		b.within(chromedp.SetValue(chromedp.CSS("#look-"+field), value))
		b.click(".preview-form .button.primary")
		b.until(`window.before === undefined && document.readyState === "complete"`)
		b.is("what is chosen stays", fmt.Sprintf(`document.querySelector(%q).value`, "#look-"+field), value)
	}
	blue := b.text(`[...document.querySelector("#look-group").options].find(o => o.text.includes("Blue")).value`)
	red := b.text(`[...document.querySelector("#look-group").options].find(o => o.text.includes("Red")).value`)
	shows("for everybody", "for the blue")
	look("group", blue)
	shows("for the blue", "")
	look("group", red)
	shows("for everybody", "for the blue")
	look("at", "2031-04-30T12:00")
	shows("2031", "for everybody")
	look("at", "2031-05-02T12:00")
	shows("for everybody", "")
	look("group", blue)
	look("language", "ar")
	shows("for the blue", "")
	b.is("the frame's language", frame+`.documentElement.lang + " " + `+frame+`.documentElement.dir`, "ar rtl")
	b.is("the page's own language", `document.documentElement.lang`, "en")
	look("width", "phone")
	shows("for the blue", "")
	b.is("how wide it is", `String(document.querySelector(".preview iframe").contentWindow.innerWidth)`, "390")
	b.quiet()
}
