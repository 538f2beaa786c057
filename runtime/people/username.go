package people

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/quoin-lms/quoin/runtime/lookalike"
)

// Limits of a user name, in characters.
const (
	MinUsername = 2
	MaxUsername = 30
)

// usernameOf brings a user name into its normal form, or says what is wrong with it. Letters and digits of any one script
// are allowed (Japanese and Korean write in several), and single "_", "-" and "." between them.
func usernameOf(typed string) (string, Problems) {
	var problems Problems
	if !utf8.ValidString(typed) {
		problems.add(FieldUsername, CodeEncoding, "this is not text")
		return "", problems
	}
	name := norm.NFKC.String(strings.TrimSpace(typed))
	length := utf8.RuneCountInString(name)
	switch {
	case length == 0:
		problems.add(FieldUsername, CodeMissing, "choose a user name")
	case length < MinUsername:
		problems.add(FieldUsername, CodeShort, "use at least %d characters", MinUsername)
	case length > MaxUsername:
		problems.add(FieldUsername, CodeLong, "use at most %d characters", MaxUsername)
	}
	if len(problems) > 0 {
		return "", problems
	}
	checkCharacters(name, &problems)
	if len(problems) == 0 && !oneScript(name) {
		problems.add(FieldUsername, CodeScripts, "use letters of one alphabet only")
	}
	return name, problems
}

func checkCharacters(name string, problems *Problems) {
	letters := 0
	before := '.'
	for _, r := range name {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsMark(r):
			if !unicode.IsLetter(before) && !unicode.IsMark(before) {
				problems.add(FieldUsername, CodeCharacter, "%q may not stand alone", r)
				return
			}
		case unicode.IsDigit(r):
		case separator(r):
			if separator(before) {
				problems.add(FieldUsername, CodeEdge, "%q may stand between letters or digits only, and alone", r)
				return
			}
		default:
			problems.add(FieldUsername, CodeCharacter, "%q may not stand in a user name: use letters, digits and _ - .", r)
			return
		}
		before = r
	}
	switch {
	case separator(before):
		problems.add(FieldUsername, CodeEdge, "%q may not stand at the end", before)
	case letters == 0:
		problems.add(FieldUsername, CodeNoLetter, "use at least one letter")
	}
}

func separator(r rune) bool { return r == '_' || r == '-' || r == '.' }

// together are scripts that one language writes in.
var together = [][]string{{"Han", "Hiragana", "Katakana", "Bopomofo"}, {"Han", "Hangul"}}

func oneScript(name string) bool {
	scripts := map[string]bool{}
	for _, r := range name {
		if script := scriptOf(r); script != "" {
			scripts[script] = true
		}
	}
	if len(scripts) <= 1 {
		return true
	}
	for _, group := range together {
		inside := 0
		for _, script := range group {
			if scripts[script] {
				inside++
			}
		}
		if inside == len(scripts) {
			return true
		}
	}
	return false
}

// scriptOf names a letter's or a native digit's script, "" for what all scripts share.
func scriptOf(r rune) string {
	if r < 0x80 {
		if unicode.IsLetter(r) {
			return "Latin"
		}
		return ""
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			if name == "Common" || name == "Inherited" {
				return ""
			}
			return name
		}
	}
	return "unknown"
}

// usernameKey folds what looks alike: case, separators, digits of other scripts, letters that have a twin. Two users cannot
// have names with the same key. It collides now and then for names that can be told apart ("Bern" and "Bem"), which costs
// the second one another choice.
func usernameKey(name string) string {
	var b strings.Builder
	for _, r := range lookalike.Fold(name) {
		switch {
		case separator(r):
			r = '-'
		case r == '0':
			r = 'o'
		case r == '1' || r == 'i':
			r = 'l'
		}
		b.WriteRune(r)
	}
	return strings.NewReplacer("rn", "m", "vv", "w").Replace(b.String())
}

// reserved are names that could be taken for the platform's, as keys.
var reserved = func() map[string]bool {
	m := map[string]bool{}
	for _, name := range strings.Fields(`abuse account admin administrator administrators all anonymous api author billing
		contact course-team deleted everybody everyone guest help helpdesk host info instructor learner login logout mail
		mailer-daemon me moderator moderators nobody noreply no-reply null official operator owner postmaster privacy quoin
		root security settings sign-in sign-up site staff student studio superuser support sysadmin system teacher team test
		undefined unknown user username webmaster www you`) {
		m[usernameKey(name)] = true
	}
	return m
}()
