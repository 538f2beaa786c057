package people

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// Profile is what people say of themselves.
type Profile struct {
	// Name is how somebody wants to be called, at most 100 characters.
	Name string
	// Locale is a BCP 47 tag, "" for the browser's.
	Locale string
	// Zone is an IANA time zone, "" for the browser's.
	Zone string
	// Theme is "light", "dark" or "" for the system's.
	Theme string
}

const maxDisplayName = 100

// check brings a profile into its normal form and says what is wrong with it.
func (p *Profile) check() Problems {
	var problems Problems
	p.Name = strings.Join(strings.Fields(p.Name), " ")
	switch {
	case !utf8.ValidString(p.Name):
		problems.add(FieldName, CodeEncoding, "this is not text")
	case utf8.RuneCountInString(p.Name) > maxDisplayName:
		problems.add(FieldName, CodeLong, "use at most %d characters", maxDisplayName)
	case strings.ContainsFunc(p.Name, unprintable):
		problems.add(FieldName, CodeMarkup, "the name holds characters that cannot be seen")
	}
	if p.Locale != "" {
		tag, err := language.Parse(p.Locale)
		if err != nil || len(p.Locale) > 35 {
			problems.add(FieldLocale, CodeUnknown, "%.40q is no language", p.Locale)
		} else {
			p.Locale = tag.String()
		}
	}
	if p.Zone != "" && !knownZone(p.Zone) {
		problems.add(FieldZone, CodeUnknown, "%.40q is no time zone", p.Zone)
	}
	if p.Theme != "" && p.Theme != "light" && p.Theme != "dark" {
		problems.add(FieldTheme, CodeUnknown, "the theme is light, dark or the system's")
	}
	return problems
}

func knownZone(name string) bool {
	if len(name) > 64 || name == "Local" {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

// unprintable tells characters that could hide or turn around what stands beside them. Two joiners that scripts need stay.
func unprintable(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return r != nonJoiner && r != joiner &&
		(unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || unicode.Is(unicode.Co, r))
}
