package host_test

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// board is an app that stands in every slot that it may: a list of lines that everybody of its run or of the site writes on.
type board struct{}

type boardLine struct {
	By   string `json:"by"`
	Text string `json:"text"`
}

func (board) Render(c *sdk.Call, v sdk.View[sdk.None, sdk.None]) (sdk.Fragment, error) {
	found, _, err := sdk.Find[boardLine](c, wire.DocumentFind{Collection: "lines"})
	if err != nil {
		return sdk.Fragment{}, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<p>view=%s path=%s q=%s</p><ul>`, v.Name, html.EscapeString(v.Path), html.EscapeString(strings.Join(v.Query["q"], "")))
	for _, line := range found {
		fmt.Fprintf(&b, `<li>%s</li>`, html.EscapeString(line.Body.Text))
	}
	b.WriteString(`</ul><p><a href="quoin:view/home/deeper?q=7">Deeper</a></p><p><label>Line <input name="text" form="quoin:form"></label> <button class="button" form="quoin:form" name="handler" value="write">Write</button></p>`)
	if q := strings.Join(v.Query["q"], ""); c.Context.Block == "foreign" && (q == "auto" || v.Path == "/deeper") {
		b.WriteString(drivesItself)
	}
	return sdk.Fragment{HTML: b.String()}, nil
}

// drivesItself does what a learner does in a frame: it writes a line, then follows the link, then sends an empty form.
const drivesItself = `<script>
const go = () => {
	if (!window.quoin) return setTimeout(go, 10);
	const button = document.querySelector("button[value=write]"), input = document.querySelector("input[name=text]");
	const shown = [...document.querySelectorAll("p, li")].map(e => e.textContent).join(" ");
	if (shown.includes("path=/deeper")) button.click();
	else if (shown.includes("from the frame")) document.querySelector("a").click();
	else { input.value = "from the frame"; button.click(); }
};
go();
</script>`

func (board) Handle(c *sdk.Call, r *sdk.Request[sdk.None, sdk.None]) (*sdk.Reply, error) {
	text := strings.Join(r.Form["text"], "") + string(r.Body.Data)
	if text == "" {
		return nil, sdk.Refuse("write something first")
	}
	return sdk.OK().Insert("lines", boardLine{c.Context.Subject, text}).Publish("lines", "").Say("It is written."), nil
}

func (board) Mount(c *sdk.Call, _ *sdk.None, r wire.MountRequest) (*sdk.Reply, error) {
	return sdk.JSON(map[string]any{"role": c.Context.Role, "path": r.Path}), nil
}

func boardBlock(slots ...string) sdk.Block {
	learner, reads := []wire.Role{wire.RoleLearner}, wire.Reads{User: true, Usage: true, Path: true, Query: []string{"q"}}
	views := []wire.View{{Name: "open", Roles: []wire.Role{wire.RoleVisitor}, Reads: reads}, {Name: "team", Roles: []wire.Role{wire.RoleStaff}, Reads: reads}}
	for i, slot := range slots {
		views = append(views, wire.View{Name: []string{"home", "side", "card"}[i], Slot: slot, Roles: learner, Reads: reads})
	}
	return sdk.New[sdk.None, sdk.None, sdk.None](board{}, sdk.Spec{
		Kind: wire.KindApp, Views: views, Handlers: []wire.Handler{{Name: "write", Roles: learner, Reads: reads}},
		Mounts:      []wire.Handler{{Name: "hook", Roles: []wire.Role{wire.RoleLearner, wire.RoleOutside}, Reads: wire.Reads{Role: true}}},
		Collections: []wire.Collection{{Name: "lines", Learners: "by"}},
	})
}

// app installs the board under a name, as part of the binary or as somebody else's package.
func (w *world) app(name, per string, builtIn bool, slots ...string) {
	w.t.Helper()
	w.installManifest(fmt.Sprintf(`{"name": %q, "version": "1.0.0", "title": "Board %s", "description": "A board to write on.", "licence": "Apache-2.0", "per": %q,
		"types": [{"name": %q, "title": "Board %s", "kind": "app"}], "permissions": [{"name": "documents", "reason": "Lines are kept."}, {"name": "publish", "reason": "Open pages follow."},
		{"name": "mount", "reason": "Others may ask.", "values": ["hook"]}, {"name": "slot", "reason": "It has places.", "values": ["%s"]}]}`,
		name, name, per, name, name, strings.Join(slots, `", "`)), nil, builtIn, boardBlock(slots...))
}

func appWorld(t *testing.T) (w *world, run, other key.Course) {
	t.Helper()
	w = newWorld(t, options{unlimited: true})
	w.app("board", "run", true, wire.SlotCourseTab, wire.SlotUnitSidebar, wire.SlotDashboardCard)
	w.app("foreign", "run", false, wire.SlotCourseTab)
	w.app("plaza", "site", true, wire.SlotSitePage)
	return w, w.forces(), w.otherCourse()
}

// plain is the page with its escapes read.
func (p *page) plain() *page {
	read := *p
	read.body = html.UnescapeString(p.body)
	return &read
}

func appPath(run key.Course, name string) string {
	return fmt.Sprintf("/courses/%s/apps/%s", run, name)
}

// An app has a tab in its course, a panel beside each unit and a card on the first page; a form of it works without scripts,
// and what is written in one course is in that course alone.
func TestAppInItsSlots(t *testing.T) {
	w, run, other := appWorld(t)
	user := w.account("ann", run, "")
	if _, _, err := w.site.People.Enrol(t.Context(), user.ID, other.String(), ""); err != nil {
		t.Fatal(err)
	}
	ann := w.enter(user)
	ann.get("/courses/"+run.String()).plain().must(200, appPath(run, "board"), "Board board")
	tab := ann.get(appPath(run, "board")+"?q=5").plain().must(200, "view=home path= q=5")
	back := tab.form(blockPath(run, "board", "board")+"?view=%40course.tab%3Fq%3D5").set("text", "<b>first</b>").press("write").must(303)
	if to := back.header.Get("Location"); to != appPath(run, "board")+"?q=5" && to != appPath(run, "board") {
		t.Errorf("the form led to %s", to)
	}
	ann.get(appPath(run, "board")).plain().must(200, "<li><b>first</b>", blockPath(run, "board", "board")+"/view/home/deeper?q=7")
	ann.get(blockPath(run, "board", "board")+"/view/home/deeper?q=7").plain().must(200, "view=home path=/deeper q=7", "<li><b>first</b>")
	ann.get(appPath(other, "board")).plain().must(200, "view=home").without("first")

	unit := ann.get(unitPath(run, "five")).plain().must(200, `src="`+blockPath(run, "board", "board")+`/frame/@unit.sidebar/five"`).without("view=side", "<b>first</b>")
	for _, frame := range unit.all("iframe") {
		if src := attribute(frame, "src"); strings.Contains(src, "@unit.sidebar") && (attribute(frame, "sandbox") != "allow-scripts" || attribute(frame, "loading") != "lazy") {
			t.Errorf("the panel's frame is %v", frame)
		}
	}
	ann.get(blockPath(run, "board", "board")+"/frame/@unit.sidebar/five").plain().must(200, "view=side path=/five", "first", blockPath(run, "board", "board")+"/frame/home/deeper?q=7")
	front := ann.get("/").plain().must(200, blockPath(run, "board", "board")+"/frame/@dashboard.card", blockPath(other, "board", "board")+"/frame/@dashboard.card")
	if n := strings.Count(front.body, "@dashboard.card\""); n != 2 {
		t.Errorf("%d cards stand on the first page", n)
	}
	ann.get(blockPath(run, "board", "board")+"/frame/@dashboard.card").plain().must(200, "view=card")
}

// Somebody else's app is framed wherever it stands, whatever its manifest says (security R2), with the frame's own policy.
func TestForeignAppsAreFramed(t *testing.T) {
	w, run, _ := appWorld(t)
	ann := w.member("ann", run, "")
	ann.get(appPath(run, "foreign")).plain().must(200, `src="`+blockPath(run, "foreign", "foreign")+`/frame/@course.tab"`, `sandbox="allow-scripts"`).without("view=home")
	frame := ann.get(blockPath(run, "foreign", "foreign")+"/frame/@course.tab").plain().must(200, "view=home")
	if policy := frame.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "sandbox allow-scripts; default-src 'none'") {
		t.Errorf("the frame's policy is %s", policy)
	}
	ann.get(blockPath(run, "foreign", "foreign") + "/frame/@unit.sidebar").must(404) // a slot that it did not ask for
	ann.get(unitPath(run, "five")).plain().must(200).without("foreign/frame", "type@foreign")
}

// Nobody but who may see the course gets at its apps, by any address; a view for staff is staff's; what an app of another course
// holds is not to be had through this one.
func TestAppsBelongToTheirCourse(t *testing.T) {
	w, run, other := appWorld(t)
	ann := w.member("ann", run, "")
	ann.get(appPath(run, "board")).form(blockPath(run, "board", "board")+"?view=%40course.tab").set("text", "annsline").press("write").must(303)
	base := blockPath(run, "board", "board")
	addresses := []string{
		appPath(run, "board"), base + "/view/home", base + "/view/open", base + "/frame/@course.tab", base + "/frame/@unit.sidebar/five", base + "/frame/open", base + "/view",
	}
	for who, b := range map[string]*browser{"a visitor": w.visitor(), "somebody in no course": w.member("nils", key.Course{}), "a learner of another course": w.member("carl", other, ""), "staff of another course": w.member("dora", other, "instructor")} {
		for _, address := range addresses {
			if p := b.get(address); !refused(p) || strings.Contains(p.body, "annsline") {
				t.Errorf("%s gets at %s: %d %.200s", who, address, p.status, p.words())
			}
		}
		if p := b.send("POST", base+"/handlers/write", map[string]string{"X-Quoin-Token": b.token()}, "intruder"); !refused(p) {
			t.Errorf("%s writes: %d", who, p.status)
		}
		if p := b.get("/"); strings.Contains(p.body, base) {
			t.Errorf("%s has a card of the course", who)
		}
	}
	ann.get(appPath(run, "board")).plain().must(200, "annsline").without("intruder")
	ann.get(base + "/view/team").must(403)
	w.member("sue", run, "staff").get(base+"/view/team").must(200, "view=team")
	// The course of the address and the app of another one.
	crossed := strings.Replace(base, "/courses/"+run.String(), "/courses/"+other.String(), 1)
	w.member("carla", other, "").get(crossed + "/view/home").must(404)
	ann.get(appPath(run, "plaza")).must(404) // an app of the site is in no course
	ann.get(appPath(run, "html")).must(404)  // and a component is no app
	ann.get(appPath(run, "gone")).must(404)
}

// An outside caller reaches an app's mount without a login, and no learner's rights come with it.
func TestAppMounts(t *testing.T) {
	w, run, _ := appWorld(t)
	ann := w.member("ann", run, "")
	for path, who := range map[string]*browser{blockPath(run, "board", "board"): ann, "/apps/plaza": ann} {
		who.get(path+"/mount/hook/x").must(200, `"role":"learner"`, `"path":"/x"`)
		if p := w.visitor().send("POST", path+"/mount/hook", nil, "{}"); p.status != 200 || !strings.Contains(p.body, `"role":"outside"`) {
			t.Errorf("%s from outside: %d %s", path, p.status, p.body)
		}
		if p := w.visitor().get(path + "/mount/other"); p.status != http.StatusNotFound {
			t.Errorf("an undeclared mount of %s: %d", path, p.status)
		}
	}
}

// An app of the site has a page of its own, for everybody who is signed in; visitors see what names them.
func TestAppOfTheSite(t *testing.T) {
	w, run, _ := appWorld(t)
	ann, bob, visitor := w.member("ann", run, ""), w.member("bob", key.Course{}), w.visitor()
	ann.get("/apps/plaza").plain().must(200, "view=home").form("/apps/plaza?view=%40site.page").set("text", "onsite").press("write").must(303)
	bob.get("/apps/plaza").plain().must(200, "onsite", "/apps/plaza/view/home/deeper?q=7")
	bob.get("/apps/plaza/view/home/deeper?q=7").plain().must(200, "path=/deeper q=7", "onsite")
	bob.get("/apps/plaza/frame/home").plain().must(200, "onsite")
	if p := visitor.get("/apps/plaza"); p.status != 303 || !strings.HasPrefix(p.header.Get("Location"), "/signin") {
		t.Errorf("a visitor: %d %s", p.status, p.header.Get("Location"))
	}
	visitor.get("/apps/plaza/view/open").must(200, "view=open", "onsite")
	if p := visitor.get("/apps/plaza/frame/home"); !refused(p) {
		t.Errorf("a visitor gets the frame: %d", p.status)
	}
	if p := visitor.send("POST", "/apps/plaza/handlers/write", map[string]string{"X-Quoin-Token": visitor.token()}, "intruder"); !refused(p) {
		t.Errorf("a visitor writes: %d", p.status)
	}
	for _, address := range []string{"/apps/board", "/apps/html", "/apps/gone", "/apps/plaza/view/side"} {
		ann.get(address).must(404)
	}
}

// The course's administrators switch apps off and on, and nobody else does.
func TestStaffSwitchApps(t *testing.T) {
	w, run, other := appWorld(t)
	ann, ian, sue := w.member("ann", run, ""), w.member("ian", run, "instructor"), w.member("sue", run, "staff")
	address := "/courses/" + run.String() + "/staff/apps"
	ian.get(address).must(200, "Board board", "Board foreign", "Lines are kept.", "beside each unit").without("plaza")
	sue.get(address).must(200, "Board board").without(`name="do"`)
	for who, b := range map[string]*browser{"staff": sue, "a learner": ann, "another course's instructor": w.member("olga", other, "instructor"), "a visitor": w.visitor()} {
		p := b.send("POST", address, map[string]string{"X-Quoin-Token": b.token(), "Content-Type": "application/x-www-form-urlencoded"}, "app=board&do=off")
		if !refused(p) {
			t.Errorf("%s switches: %d", who, p.status)
		}
	}
	ann.get(appPath(run, "board")).plain().must(200)
	ian.get(address).form(address).set("app", "board", "do", "off").press("").must(303)
	ian.get(address+"?app=board").must(200, "Nothing in it was deleted")
	ann.get(appPath(run, "board")).must(404)
	ann.get("/courses/" + run.String()).plain().must(200).without("Board board")
	ann.get(unitPath(run, "five")).plain().must(200).without("@unit.sidebar")
	w.member("carl", other, "").get(appPath(other, "board")).must(200)
	ian.get(address).form(address).set("app", "board", "do", "on").press("").must(303)
	ann.get(appPath(run, "board")).plain().must(200)
	ian.send("POST", address, map[string]string{"X-Quoin-Token": ian.token(), "Content-Type": "application/x-www-form-urlencoded"}, "app=gone&do=off").must(404)
}
