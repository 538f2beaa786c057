package acid

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// mounts are the block's pages for programs: one for those without a login, one for learners.
func mounts(fields ...string) []wire.Handler {
	reads := wire.Reads{User: true, Role: true, Usage: true, Fields: fields}
	return []wire.Handler{{Name: "hook", Roles: outside, Reads: reads}, {Name: "members", Roles: learner, Reads: reads}}
}

// heard is what a mount says of the request.
type heard struct {
	Role    wire.Role `json:"role"`
	Subject string    `json:"subject"`
	Method  string    `json:"method"`
	Path    string    `json:"path"`
	Query   string    `json:"query"`
	Body    string    `json:"body"`
	Form    int       `json:"form"`
	Header  string    `json:"header"`
	// Filled says that the secret's header holds something else than its name.
	Filled bool   `json:"filled"`
	Cookie bool   `json:"cookie"`
	Place  string `json:"place"`
	Nonce  string `json:"nonce"`
	Spent  bool   `json:"spent"`
	// ID is new for each request that is really served.
	ID string `json:"id"`
}

// Mount implements sdk.Mounter.
func (block) Mount(c *sdk.Call, f *Fields, r wire.MountRequest) (*sdk.Reply, error) {
	header := func(name string) string { return strings.Join(r.Headers[name], "") }
	reply := sdk.JSON(heard{
		Role: c.Context.Role, Subject: c.Context.Subject, Method: r.Method, Path: r.Path, Query: strings.Join(r.Query["q"], ""),
		Body: string(r.Body.Data), Form: len(r.Form), Header: header("x-acid"),
		Filled: header("x-acid-secret") != "" && !strings.Contains(header("x-acid-secret"), "{{"),
		Cookie: header("cookie") != "", Place: f.Place.Value, Nonce: r.Nonce, Spent: r.Spent, ID: c.NewID(),
	})
	switch r.Path {
	case "/change", "/once":
		reply.Insert("things", thing{Tag: "mount " + strings.Join(r.Query["q"], "")})
	case "/leads":
		return sdk.OK().See("/hook/there"), nil
	}
	return reply, nil
}

// asks begins a row that makes outside requests.
func asks(requests ...request) step {
	return func(t *trial) { t.begin(job{Mode: "ask", Asks: requests}) }
}

// answered waits for the answers of such a row, and tells when the site is none that the manifest names.
func answered(look func(t *trial, answers []response)) step {
	return after(func(t *trial, r *ran) {
		for _, answer := range r.Answers {
			host := strings.Contains(answer.Message, "does not name the host") && !strings.Contains(answer.Message, "nowhere")
			if answer.Code == wire.CodeUnavailable || host {
				t.says(none, answer.Message)
				return
			}
		}
		look(t, r.Answers)
	})
}

// heardOf reads what a mount said.
func heardOf(r response) (h heard) {
	if json.Unmarshal(r.Body, &h) != nil {
		h.Path = "no answer of the mount"
	}
	return h
}

func get(path string) request { return request{Key: path, Method: http.MethodGet, URL: path} }

// twice sends a request two times under one Idempotency-Key, with the same body or another one.
func twice(path, body string) []request {
	key := map[string]string{"Idempotency-Key": "acid " + path, "Content-Type": "text/plain"}
	return []request{
		{Key: "first", Method: http.MethodPost, URL: path, Headers: key, Body: "the same"},
		{Key: "second", Method: http.MethodPost, URL: path, Headers: key, Body: body},
	}
}

// tagged begins requests whose path ends in a tag of their own, which the row finds as "mount TAG" among the things.
func tagged(requests func(tag string) []request) step {
	return func(t *trial) {
		tag := t.c.NewID()
		list := requests(tag)
		t.reply.Schedule("job", tag, job{Tag: tag, Mode: "ask", Asks: list})
		t.keep(tag)
	}
}

func (t *trial) mounted() int {
	var tag string
	t.kept(&tag)
	return len(t.things("mount " + tag))
}

func outsideChecks() map[string][]step {
	return map[string][]step{
		"outside.http": {asks(get("/hook/hello")), answered(func(t *trial, a []response) {
			t.holds(a[0].Status == 200 && heardOf(a[0]).Path == "/hello", "%+v came", a[0])
		})},
		"outside.secret": {asks(request{Key: "secret", Method: http.MethodGet, URL: "/hook/secret", Headers: map[string]string{"X-Acid-Secret": "{{secret:" + secretName + "}}"}}), answered(func(t *trial, a []response) {
			t.holds(heardOf(a[0]).Filled, "%+v came", a[0])
		})},
		"outside.recorded": {tagged(func(tag string) []request {
			ask := request{Key: "one", Method: http.MethodPost, URL: "/hook/once?q=" + tag, Body: "x", Headers: map[string]string{"Content-Type": "text/plain"}}
			return []request{ask, ask}
		}), answered(func(t *trial, a []response) {
			t.holds(len(a) == 2 && heardOf(a[0]).ID != "" && string(a[0].Body) == string(a[1].Body) && t.mounted() == 1, "%d requests were served", t.mounted())
		})},
		"outside.host": {asks(request{Key: "host", Method: http.MethodGet, URL: "https://nowhere.example/"}), answered(func(t *trial, a []response) {
			t.holds(a[0].Code == wire.CodeForbidden, "%+v came", a[0])
		})},
		"outside.mount": {asks(request{
			Key: "mount", Method: http.MethodPost, URL: "/hook/raw?q=x", Body: "a=1&b=2",
			Headers: map[string]string{"X-Acid": "heard", "Content-Type": "application/x-www-form-urlencoded"},
		}), answered(func(t *trial, a []response) {
			h := heardOf(a[0])
			h.ID, h.Nonce = "", ""
			want := heard{Role: wire.RoleOutside, Method: http.MethodPost, Path: "/raw", Query: "x", Body: "a=1&b=2", Header: "heard", Place: h.Place}
			t.holds(h == want && any(h.Place) == t.public["place"], "it heard %+v", h)
		})},
		"outside.role": {asks(get("/members/list")), answered(func(t *trial, a []response) {
			t.holds(slices.Contains([]int{401, 403, 404}, a[0].Status), "%+v came", a[0])
		})},
		"outside.get": {tagged(func(tag string) []request { return []request{get("/hook/change?q=" + tag)} }), answered(func(t *trial, a []response) {
			t.holds(a[0].Status >= 400 && t.mounted() == 0, "status %d, and %d changes were made", a[0].Status, t.mounted())
		})},
		"outside.repeat": {tagged(func(tag string) []request { return twice("/hook/once?q="+tag, "the same") }), answered(func(t *trial, a []response) {
			t.holds(heardOf(a[0]).ID != "" && string(a[0].Body) == string(a[1].Body) && t.mounted() == 1, "%d requests were served: %s, %s", t.mounted(), a[0].Body, a[1].Body)
		})},
		"outside.conflict": {tagged(func(tag string) []request { return twice("/hook/once?q="+tag, "another") }), answered(func(t *trial, a []response) {
			t.holds(a[0].Status == 200 && a[1].Status == http.StatusConflict && t.mounted() == 1, "status %d and %d, %d served", a[0].Status, a[1].Status, t.mounted())
		})},
		"outside.redirect": {asks(get("/hook/leads")), answered(func(t *trial, a []response) {
			t.holds(a[0].Status == http.StatusSeeOther && strings.HasSuffix(a[0].Location, "/hook/there"), "status %d to %q", a[0].Status, a[0].Location)
		})},
		"outside.nonce": {asks(get("/hook/nonce")), answered(func(t *trial, a []response) {
			if h := heardOf(a[0]); h.Nonce == "" {
				t.says(none, "the mount was given no nonce")
			} else {
				t.holds(!h.Spent, "a new nonce is spent")
			}
		})},
	}
}
