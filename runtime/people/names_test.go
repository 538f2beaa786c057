package people

import (
	"strings"
	"testing"
)

func TestUsernames(t *testing.T) {
	for typed, want := range map[string]string{
		"ab": "", "a.b-c_d": "", "Ann1": "", "анна": "", "علي": "", "田中さん": "", "김철수": "", "ｗｉｄｅ": "", "naïve": "", "अमित": "", "user2024": "",
		"": "missing", " \t": "missing", "a": "too_short", strings.Repeat("a", 31): "too_long", "a b": "character", "a@b": "character",
		"a/b": "character", "a\x00b": "character", "a\u202eb": "character", "a\u200bb": "character", "<b>": "character", "a'b": "character",
		"-ab": "edge", "ab-": "edge", "a--b": "edge", "a.-b": "edge", "..": "edge", "12": "no_letter", "1-2": "no_letter",
		"аnn": "mixed_scripts", "pаypal": "mixed_scripts", "annα": "mixed_scripts", "aعb": "mixed_scripts", "a\xffb": "not_utf8",
		"\u0301ab": "character", "1\u0301a": "character", "a💥b": "character", "ab٣": "mixed_scripts",
	} {
		_, problems := usernameOf(typed)
		got := ""
		if len(problems) > 0 {
			got = string(problems[0].Code)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func TestUsernameKeys(t *testing.T) {
	for _, same := range [][]string{
		{"ann", "ANN", "Ann", "ａｎｎ"},
		{"a_b", "a-b", "A.B"},
		{"paypal", "PAYPAL", "paypa1", "paypaI"},
		{"scope", "ѕсоре"},
		{"bern", "bem"},
		{"wow", "vvow", "w0w"},
		{"lil", "1i1", "III"},
		{"x٣", "x3"},
		{"straße", "STRASSE"},
	} {
		for _, name := range same[1:] {
			if usernameKey(name) != usernameKey(same[0]) {
				t.Errorf("%q and %q differ: %q, %q", name, same[0], usernameKey(name), usernameKey(same[0]))
			}
		}
	}
	for _, pair := range [][2]string{{"ann", "anna"}, {"a-b", "ab"}, {"andre", "andré"}, {"علي", "على"}, {"user1", "user2"}} {
		if usernameKey(pair[0]) == usernameKey(pair[1]) {
			t.Errorf("%q and %q are the same", pair[0], pair[1])
		}
	}
}

func TestEmails(t *testing.T) {
	for typed, want := range map[string]string{
		"a@example.org": "a@example.org", " A.b+c@Example.ORG ": "A.b+c@example.org", "a@münchen.example": "a@xn--mnchen-3ya.example",
		"o'brien@example.org": "o'brien@example.org", "a@sub.example.co.uk": "a@sub.example.co.uk",
		"": "", "a": "", "@example.org": "", "a@": "", "a@b": "", "a@.org": "", "a@example..org": "", "a@example.org.": "", "a b@example.org": "",
		"a@exa mple.org": "", ".a@example.org": "", "a.@example.org": "", "a..b@example.org": "", "a@b@example.org": "", `"a"@example.org`: "",
		"a@-x.org": "", "a\r\nBcc: x@example.org": "", "a@example.org\r\nBcc: b@example.org": "", "mıke@example.org": "", "а@example.org": "",
		strings.Repeat("a", 65) + "@example.org": "", "a@" + strings.Repeat("a.", 130) + "org": "", "a@[127.0.0.1]": "", "a@exam_ple.org": "",
		"a\x00@example.org": "", "<a@example.org>": "", "Ann <a@example.org>": "",
	} {
		got, problems := emailOf(typed)
		if len(problems) > 0 {
			got = ""
		}
		if got != want {
			t.Errorf("%q gives %q, want %q", typed, got, want)
		}
	}
}

func FuzzInput(f *testing.F) {
	for _, seed := range []string{"Ann", "a@example.org", "раураl", "\u202e", "a\x00", "田中さん", "١٢٣", "ﬃ", "ǅ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if name, problems := usernameOf(typed); len(problems) == 0 {
			again, problems := usernameOf(name)
			if again != name || len(problems) > 0 || strings.ContainsFunc(name, unprintable) {
				t.Errorf("%q gives %q, then %q and %v", typed, name, again, problems)
			}
			if usernameKey(name) == "" || usernameKey(strings.ToUpper(name)) == "" {
				t.Errorf("%q has no key", name)
			}
			if usernameKey(usernameKey(name)) != usernameKey(name) && !strings.ContainsAny(usernameKey(name), "rnvmw") {
				t.Errorf("%q has key %q, whose key is %q", name, usernameKey(name), usernameKey(usernameKey(name)))
			}
		}
		if email, problems := emailOf(typed); len(problems) == 0 {
			again, problems := emailOf(email)
			if again != email || len(problems) > 0 || strings.ContainsAny(email, " \r\n\x00<>,") || strings.Count(email, "@") != 1 {
				t.Errorf("%q gives %q, then %q and %v", typed, email, again, problems)
			}
		}
		if _, _, _, err := decodeHash(typed); err == nil && !strings.HasPrefix(typed, "$argon2id$") {
			t.Errorf("%q is read as a hash", typed)
		}
		profile := Profile{Name: typed, Locale: typed, Zone: typed}
		profile.check()
	})
}
