package host_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/host/words"
)

var (
	action     = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	element    = regexp.MustCompile(`(?s)<[^>]*>`)
	spoken     = regexp.MustCompile(`(?:alt|title|aria-label|placeholder)="([^"]*[\p{L}][^"]*)"`)
	letters    = regexp.MustCompile(`\p{L}{2,}`)
	inTemplate = regexp.MustCompile(`\.T "([a-z_.]+)"`)
	inGo       = regexp.MustCompile(`\bw(?:ords)?\.T\("([a-z_.]+)"[,)]`)
	inScript   = regexp.MustCompile(`words\("([a-z_]+)"\)`)
	prefix     = regexp.MustCompile(`(?:words\.T\(|printf )"([a-z_]+\.)(?:"|%s)`)
	// whole keys that code puts together: prefixes such as why. and problem.
	together = []string{
		"account.",
		"admin.",
		"admin_chore.",
		"admin_lane.",
		"admin_mail.",
		"admin_mend.",
		"admin_store.",
		"admin_wrong.",
		"block_may.",
		"block_risk.",
		"block_rule.",
		"block_surface.",
		"block_trust.",
		"blocks.done_",
		"blocks.fact_",
		"blocks.trial_",
		"bytes.",
		"captions.wrong_",
		"catalogue.",
		"checks.",
		"course_blocks.kind_",
		"elements.",
		"fieldform.",
		"files.change_",
		"files.did_",
		"files.kind_",
		"files.sort_",
		"files.use_",
		"gradebook.hidden_",
		"grading.filter_",
		"language.",
		"library.did_",
		"list.count_",
		"list.mail_",
		"list.result_",
		"list.start_",
		"list.state_",
		"list.title_",
		"mail.",
		"mend.",
		"notices.way_",
		"people.filter_",
		"pages.content",
		"pages.date",
		"pages.kind_",
		"pages.text_",
		"problem.",
		"profile.",
		"record.say_",
		"role.",
		"search.kind_",
		"signup.",
		"slot.",
		"span.",
		"staff.tab.",
		"studio.",
		"studio.tab.",
		"studio_advanced.",
		"studio_did.",
		"studio_edit.",
		"studio_field.",
		"studio_key.",
		"studio_script.rich_",
		"studio_set.",
		"studio_show.",
		"studio_tab.",
		"studio_talk.did_",
		"studio_unit.group_",
		"studio_unit.help_",
		"studio_unit.setting_",
		"studio_unit.value_",
		"studio_unit.width_",
		"studio_shift.",
		"studio_why.",
		"studio_wrong.",
		"transfers.",
		"why.",
		"workbench.",
	}
)

// sources gives the files of a pattern, without tests.
func sources(t *testing.T, pattern string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(names), err)
	}
	files := map[string]string{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(data)
	}
	return files
}

// Every text that a page shows comes from the catalogue.
func TestNoLiteralTexts(t *testing.T) {
	for name, text := range sources(t, "templates/*.html") {
		bare := action.ReplaceAllString(text, "")
		for _, found := range spoken.FindAllStringSubmatch(bare, -1) {
			t.Errorf("%s says %q by itself", name, found[1])
		}
		bare = regexp.MustCompile(`(?s)<(style|script)[^>]*>.*?</(style|script)>`).ReplaceAllString(bare, "")
		for _, word := range letters.FindAllString(element.ReplaceAllString(bare, " "), -1) {
			if word != "Quoin" {
				t.Errorf("%s says %q by itself", name, word)
			}
		}
	}
}

// Every key that is used is there, and every key that is there is used.
func TestKeysOfTexts(t *testing.T) {
	catalogue, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	reader := catalogue.For(time.UTC, "en")
	used := map[string]bool{}
	look := func(pattern string, expression *regexp.Regexp, before string) {
		for name, text := range sources(t, pattern) {
			for _, found := range expression.FindAllStringSubmatch(text, -1) {
				key := before + found[1]
				used[key] = true
				if reader.T(key) == key {
					t.Errorf("%s uses %q, which is no text", name, key)
				}
			}
			for _, found := range prefix.FindAllStringSubmatch(text, -1) {
				if !slices.Contains(together, found[1]) {
					t.Errorf("%s puts keys together that begin with %q: list it here", name, found[1])
				}
			}
		}
	}
	look("templates/*.html", inTemplate, "")
	look("*.go", inGo, "")
	look("words/*.go", regexp.MustCompile(`r\.T\("([a-z_.]+)"[,)]`), "")
	look("web/src/[^s]*.ts", inScript, "script.")
	look("web/src/s[^t]*.ts", inScript, "script.")
	look("web/src/studio*.ts", inScript, "studio_script.")
	for _, key := range catalogue.Keys() {
		if !used[key] && !slices.ContainsFunc(together, func(p string) bool { return strings.HasPrefix(key, p) }) {
			t.Errorf("nothing uses the text %q", key)
		}
	}
	for _, why := range []string{"not_released", "past_due", "no_tries", "wait", "reset", "pending", "policy", "visitor", "read_only", "ended", "prereq", "group", "staff_only"} {
		if key := "why." + why; reader.T(key) == key {
			t.Errorf("%q has no text", key)
		}
	}
}
