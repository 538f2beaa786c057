package host_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// What does not fit sideways gets a scrollbar in its frame, and the frame is higher by it: nothing below is cut off.
func TestTooWideFrameInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.course(map[string]string{
		"course.xml":   `<course url_name="r" org="Org" course="Wide"/>`,
		"course/r.xml": `<course start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c" display_name="Week"><sequential url_name="s" display_name="Part"><vertical url_name="v"><html url_name="h"/></vertical></sequential></chapter></course>`,
		"html/h.xml":   `<html filename="h" display_name="H"/>`,
		"html/h.html": `<p>The end.</p><script>
			const root = document.documentElement, wide = document.createElement("div");
			wide.textContent = "Far too wide.";
			wide.style.cssText = "inline-size: 3000px; block-size: 20px";
			document.body.append(wide);
			setInterval(() => parent.postMessage("frame " + [root.scrollWidth > root.clientWidth, innerHeight > root.clientHeight, root.scrollHeight - root.clientHeight <= 4], "*"), 50);
		</script>`,
	})
	b := w.newTab(t, chromedp.Flag("hide-scrollbars", false))
	b.signIn(w.account("ann", run, "").Username)
	b.open(unitPath(run, "v"))
	b.eval(`window.told = []; addEventListener("message", (e) => String(e.data).startsWith("frame ") && told.push(e.data))`)
	b.until(`told.at(-1) === "frame true,true,true"`) // wider than its place, with a scrollbar, and no more than the document's padding is cut off below
	b.quiet()
}
