package host_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/people"
)

// settingsDue is when the problems of the settings' course are due.
var settingsDue = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// settingsCourse is a unit of problems that differ in their settings alone; each asks for "yes" and shows its seed.
func settingsCourse(settings map[string]string) map[string]string {
	texts := map[string]string{"course.xml": `<course url_name="now" org="Org" course="Settings"/>`, "policies/now/policy.json": `{}`}
	unit := ""
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		unit += fmt.Sprintf(`<problem url_name=%q/>`, name)
		texts["problem/"+name+".xml"] = fmt.Sprintf(`<problem display_name=%q %s><p>Seed $seed.</p><stringresponse answer="yes"><label>Say it.</label><textline/></stringresponse></problem>`, name, settings[name])
	}
	texts["course/now.xml"] = fmt.Sprintf(`<course display_name="Settings" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c">
		<sequential url_name="s" due="&quot;%s&quot;"><vertical url_name="v">%s</vertical></sequential></chapter></course>`, settingsDue.Format(time.RFC3339), unit)
	return texts
}

// settingsWorld is a site whose clock the test turns.
type settingsWorld struct {
	*world
	clock atomic.Int64
	unit  string
	block func(problem string) string
	users map[string]people.User
}

func newSettingsWorld(t *testing.T, settings map[string]string) *settingsWorld {
	t.Helper()
	s := &settingsWorld{users: map[string]people.User{}}
	s.turn(settingsDue.Add(-time.Hour))
	s.world = newWorld(t, options{unlimited: true, now: func() time.Time { return time.UnixMilli(s.clock.Load()).UTC() }})
	run := s.course(settingsCourse(settings))
	s.unit, s.block = unitPath(run, "v"), func(problem string) string { return blockPath(run, "problem", problem) }
	for _, name := range []string{"fresh", "wrong", "right", "spent"} {
		s.users[name] = s.account(name, run, "")
	}
	return s
}

func (s *settingsWorld) turn(to time.Time) { s.clock.Store(to.UnixMilli()) }

// learner signs somebody in.
func (s *settingsWorld) learner(name string) *browser {
	s.t.Helper()
	return s.enter(s.users[name])
}

// answer submits an answer to a problem.
func (s *settingsWorld) answer(b *browser, problem, text string) *page {
	s.t.Helper()
	return b.get(s.unit).form(s.block(problem)).set("input_2_1", text).press("submit").must(303).follow()
}

// section is what a unit's page shows of one problem.
func (p *page) section(problem string) string {
	_, rest, _ := strings.Cut(p.body, `id="block-`+problem+`"`)
	part, _, _ := strings.Cut(rest, `</section>`)
	return part
}

func button(section, handler string) string {
	found := regexp.MustCompile(`<button[^>]*value="` + handler + `"[^>]*>`).FindString(section)
	switch {
	case found == "":
		return "-"
	case strings.Contains(found, " disabled"):
		return "x"
	}
	return "o"
}

// Every value of showanswer, in each state that a learner can come into: o offers the answer. Whoever is not offered it does not
// get it by asking either.
func TestShowAnswerOnPages(t *testing.T) {
	//                                                before the due date        after it
	//                                                fresh wrong right spent    fresh wrong right spent
	shown := map[string]string{
		"always": "oooo oooo", "answered": "--o- --o-", "attempted": "-ooo oooo", "attempted_no_past_due": "-ooo -ooo",
		"closed": "---o oooo", "finished": "--oo oooo", "correct_or_past_due": "--o- oooo", "past_due": "---- oooo",
		"after_attempts": "---o ---o", "after_all_attempts": "---o ---o", "after_all_attempts_or_correct": "--oo --oo", "never": "---- ----",
	}
	settings := map[string]string{"unset": `max_attempts="2"`, "empty": `max_attempts="2" showanswer=""`, "results": `max_attempts="2" showanswer="always" show_correctness="never"`}
	for value := range shown {
		settings[value] = fmt.Sprintf(`max_attempts="2" attempts_before_showanswer_button="2" showanswer=%q`, value)
	}
	shown["unset"], shown["empty"], shown["results"] = shown["finished"], shown["never"], shown["never"]
	s := newSettingsWorld(t, settings)
	learners := map[string][]string{"fresh": nil, "wrong": {"no"}, "right": {"yes"}, "spent": {"no", "no"}}
	got := map[string]string{}
	look := func() {
		for _, name := range []string{"fresh", "wrong", "right", "spent"} {
			b := s.learner(name)
			page := b.get(s.unit).must(200)
			for problem := range settings {
				offered := button(page.section(problem), "@reveal")
				got[problem] += offered
				if asked := b.get(s.unit).form(s.block(problem)).press("@reveal"); (asked.status < 400) != (offered == "o") {
					t.Errorf("%s, %s: offered %s, and asking for the answer gives %d", problem, name, offered, asked.status)
				}
			}
		}
	}
	for name, answers := range learners {
		b := s.learner(name)
		for problem := range settings {
			for _, text := range answers {
				s.answer(b, problem, text)
			}
		}
	}
	look()
	for problem := range got {
		got[problem] += " "
	}
	s.turn(settingsDue.Add(time.Hour))
	look()
	for problem, want := range shown {
		if got[problem] != want {
			t.Errorf("%s: the answer is offered %q, want %q", problem, got[problem], want)
		}
	}
}

// What a learner reads of his result, and may still do, by show_correctness; before the due date and after it.
func TestShowCorrectnessOnPages(t *testing.T) {
	s := newSettingsWorld(t, map[string]string{"unset": ``, "always": `show_correctness="always"`, "never": `show_correctness="never"`, "later": `show_correctness="past_due"`})
	b := s.learner("right")
	for _, problem := range []string{"unset", "always", "never", "later"} {
		s.answer(b, problem, "yes")
	}
	check := func(when string, want map[string]string) {
		page := b.get(s.unit).must(200)
		for problem, word := range want {
			section := page.section(problem)
			if !strings.Contains(section, word) || word != "status correct" && strings.Contains(section, "status correct") {
				t.Errorf("%s, %s: not %q: %s", problem, when, word, section)
			}
		}
	}
	check("before", map[string]string{"unset": "status correct", "always": "status correct", "never": "Results are not shown", "later": "You will see the result after"})
	s.turn(settingsDue.Add(time.Hour))
	check("after", map[string]string{"unset": "status correct", "always": "status correct", "never": "Results are not shown", "later": "status correct"})
}

// The buttons of a problem and why they are shut, by its settings: submit, save, reset; o is there, x is there and shut, - is not.
func TestButtonsOnPages(t *testing.T) {
	tests := map[string]struct {
		settings string
		// fresh, wrong and right once, spent twice wrong, before the due date; late fresh after it.
		fresh, wrong, right, spent, late string
	}{
		"plain":       {``, "o--", "o--", "o--", "o--", "x--"},
		"limited":     {`max_attempts="2"`, "oo-", "oo-", "oo-", "x--", "x--"},
		"forced":      {`force_save_button="true"`, "oo-", "oo-", "oo-", "oo-", "x--"},
		"resettable":  {`show_reset_button="true"`, "o-o", "o-o", "o--", "o-o", "x--"},
		"onreset":     {`rerandomize="onreset"`, "o--", "o-o", "o-o", "o-o", "x--"},
		"always":      {`rerandomize="always"`, "oo-", "x-o", "x-o", "", "x--"},
		"per_student": {`rerandomize="per_student"`, "o--", "o--", "o--", "o--", "x--"},
		"never":       {`rerandomize="never"`, "o--", "o--", "o--", "o--", "x--"},
		"survey":      {`max_attempts="0"`, "-o-", "", "", "", "-o-"},
		"waiting":     {`submission_wait_seconds="600"`, "o--", "x--", "x--", "", "x--"},
	}
	settings := map[string]string{}
	for name, test := range tests {
		settings[name] = test.settings
	}
	s := newSettingsWorld(t, settings)
	buttons := func(who string, page *page, problem, want string) {
		if want == "" {
			return
		}
		section := page.section(problem)
		if got := button(section, "submit") + button(section, "save") + button(section, "@reset"); got != want {
			t.Errorf("%s, %s: submit, save, reset are %q, want %q", problem, who, got, want)
		}
	}
	page := s.learner("fresh").get(s.unit).must(200)
	for name, test := range tests {
		buttons("fresh", page, name, test.fresh)
	}
	for who, text := range map[string]string{"wrong": "no", "right": "yes", "spent": "no"} {
		b := s.learner(who)
		for name, test := range tests {
			if test.wrong != "" {
				s.answer(b, name, text)
			}
			if who == "spent" && test.spent != "" {
				s.answer(b, name, text)
			}
		}
		page := b.get(s.unit).must(200)
		for name, test := range tests {
			buttons(who, page, name, map[string]string{"wrong": test.wrong, "right": test.right, "spent": test.spent}[who])
		}
		if who == "wrong" {
			for problem, why := range map[string]string{"always": "Reset the problem", "waiting": "You can submit again at", "limited": "1 of 2 attempts"} {
				if !strings.Contains(page.section(problem), why) {
					t.Errorf("%s does not say %q: %s", problem, why, page.section(problem))
				}
			}
		}
		if who == "spent" && !strings.Contains(page.section("limited"), "You have used all your attempts.") {
			t.Errorf("nothing says that the attempts are used up: %s", page.section("limited"))
		}
	}
	// What is shut for the page is shut for a form, too.
	forged := s.learner("spent")
	if again := forged.get(s.unit).form(s.block("limited")).set("input_2_1", "yes").press("submit"); again.status == 303 && strings.Contains(again.follow().section("limited"), "status correct") {
		t.Error("a third attempt of two was taken")
	}
	s.turn(settingsDue.Add(-time.Hour + 11*time.Minute))
	buttons("wrong, eleven minutes later", s.learner("wrong").get(s.unit), "waiting", "o--")
	s.turn(settingsDue.Add(time.Hour))
	page = s.learner("fresh").get(s.unit).must(200)
	for name, test := range tests {
		buttons("late", page, name, test.late)
	}
	if !strings.Contains(page.section("plain"), "This was due and takes no more answers.") {
		t.Errorf("nothing says that it was due: %s", page.section("plain"))
	}
}

var seedShown = regexp.MustCompile(`Seed (\d+)\.`)

// Which variant a learner gets, by rerandomize, before and after a reset; and which of several submissions counts.
func TestSeedsAndMethodsOnPages(t *testing.T) {
	settings := map[string]string{}
	for _, rule := range []string{"never", "always", "onreset", "per_student"} {
		settings[rule] = fmt.Sprintf(`rerandomize=%q show_reset_button="true"`, rule)
	}
	want := map[string]string{"unset": "0 of 1", "last_score": "0 of 1", "first_score": "0 of 1", "highest_score": "1 of 1", "average_score": "Your score for this problem: 0.33 of 1"}
	for method := range want {
		settings[method] = fmt.Sprintf(`grading_method=%q`, method)
	}
	settings["unset"] = ``
	s := newSettingsWorld(t, settings)
	b := s.learner("wrong")
	seed := func(b *browser, problem string) string {
		found := seedShown.FindStringSubmatch(b.get(s.unit).must(200).section(problem))
		if found == nil {
			t.Fatalf("%s shows no seed", problem)
		}
		return found[1]
	}
	for _, rule := range []string{"never", "always", "onreset", "per_student"} {
		first := seed(b, rule)
		s.answer(b, rule, "no")
		if again := seed(b, rule); again != first {
			t.Errorf("%s: the variant changed from %s to %s by a submission", rule, first, again)
		}
		changed := false
		for range 3 { // one of a thousand is the same twice
			b.get(s.unit).form(s.block(rule)).press("@reset").must(303)
			changed = changed || seed(b, rule) != first
			s.answer(b, rule, "no")
		}
		if reseeds := rule == "always" || rule == "onreset"; changed != reseeds {
			t.Errorf("%s: the variant changed by a reset: %v", rule, changed)
		}
		if rule == "never" && first != "1" {
			t.Errorf("never gives %s", first)
		}
	}
	for method, points := range want {
		for _, text := range []string{"no", "yes", "no"} {
			s.answer(b, method, text)
		}
		if section := b.get(s.unit).must(200).section(method); !strings.Contains(section, points+" point") {
			t.Errorf("%s: %q does not count: %s", method, points, section)
		}
	}
}
