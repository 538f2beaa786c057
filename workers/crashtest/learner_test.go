package crashtest

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// learner is a browser: it keeps cookies and the token of its forms, and knows the site by its current address.
type learner struct {
	web    *server
	client *http.Client
	name   string
	token  string
}

func field(t *testing.T, name, page string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("the page has no field %q: %.400s", name, page)
	}
	return found[1]
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// visitor is somebody with a browser of his own who is not signed in.
func visitor(t *testing.T, web *server, name string) *learner {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &learner{web: web, name: name, client: &http.Client{Jar: jar}}
}

// signUp makes an account and enrols it.
func signUp(t *testing.T, web *server, name string) *learner {
	t.Helper()
	l := visitor(t, web, name)
	l.token = field(t, "token", l.page(t, "/signup"))
	l.must(t, "/signup", url.Values{
		"username": {name}, "email": {name + "@crash.example"}, "name": {name}, "password": {randomHex(12)},
	})
	l.token = field(t, "token", l.page(t, home+"/about"))
	l.must(t, home+"/enrol", url.Values{})
	return l
}

func (l *learner) page(t *testing.T, path string) string {
	t.Helper()
	response, err := l.client.Get(l.web.address() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %v: %.400s", path, response.Status, err, body)
	}
	return string(body)
}

func (l *learner) must(t *testing.T, path string, form url.Values) {
	t.Helper()
	status, body, err := l.post(path, form)
	if err != nil || status != http.StatusOK {
		t.Fatalf("POST %s: %d %v: %.400s", path, status, err, body)
	}
}

// post sends a form as a script does. An error means that nobody knows what became of it.
func (l *learner) post(path string, form url.Values) (status int, body []byte, err error) {
	base := l.web.address()
	form.Set("token", l.token)
	request, err := http.NewRequest(http.MethodPost, base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", base)
	request.Header.Set("Accept", "application/json")
	response, err := l.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// answer is one POST of an answer, which is sent until it is acknowledged.
type answer struct {
	learner *learner
	problem int
	form    url.Values
	right   bool
}

func (l *learner) answer(problem int, sitting string, right bool) *answer {
	choice := map[bool]string{true: "choice_0", false: "choice_1"}[right]
	return &answer{l, problem, url.Values{
		"request": {randomHex(16)}, "sitting": {sitting}, "handler": {"submit"}, "input_2_1": {choice},
	}, right}
}

func (a *answer) request() string { return a.form.Get("request") }

// reply is what a script gets for a form.
type reply struct {
	HTML    string `json:"html"`
	Message string `json:"message"`
	Waiting bool   `json:"waiting"`
}

func (a *answer) send() (status int, r reply, err error) {
	status, body, err := a.learner.post(problemPath(a.problem), a.form)
	if err == nil && status == http.StatusOK {
		err = json.Unmarshal(body, &r)
	}
	return status, r, err
}

// shown is a view without the ids and tokens that are drawn anew each time.
func (r *reply) shown() string { return drawn.ReplaceAllString(r.HTML, "") }

var drawn = regexp.MustCompile(`name="(request|token)" value="[^"]*"`)

// The course that is answered.
const (
	courseKey = "course-v1:Quoin+Crash+1"
	home      = "/courses/" + courseKey
	problems  = 6
)

func usage(n int) string { return fmt.Sprintf("block-v1:Quoin+Crash+1+type@problem+block@p%d", n) }

func problemPath(n int) string { return home + "/blocks/" + usage(n) }

// courseFiles is a course of one unit with some problems in it.
func courseFiles() map[string]string {
	files := map[string]string{
		"course.xml": `<course org="Quoin" course="Crash" url_name="1"/>`,
		"policies/1/grading_policy.json": `{"GRADER": [{"type": "Homework", "min_count": 1, "drop_count": 0, "weight": 1}], ` +
			`"GRADE_CUTOFFS": {"Pass": 0.5}}`,
		"policies/1/policy.json": `{"course/1": {"display_name": "Crash", "start": "2020-01-01T00:00:00Z"}}`,
	}
	var unit strings.Builder
	for n := range problems {
		fmt.Fprintf(&unit, `<problem url_name="p%d"/>`, n)
		files[fmt.Sprintf("problem/p%d.xml", n)] = fmt.Sprintf(`<problem display_name="Problem %d"><multiplechoiceresponse>`+
			`<label>Which one holds?</label><choicegroup type="MultipleChoice"><choice correct="true">the store</choice>`+
			`<choice correct="false">the queue</choice></choicegroup></multiplechoiceresponse></problem>`, n)
	}
	files["course/1.xml"] = `<course display_name="Crash" start="2020-01-01T00:00:00Z"><chapter display_name="All">` +
		`<sequential display_name="All" format="Homework" graded="true"><vertical url_name="unit" display_name="All">` + unit.String() +
		`</vertical></sequential></chapter></course>`
	return files
}
