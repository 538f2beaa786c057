// Package words holds every text that the host itself shows, in all languages, and writes numbers, plurals and dates as the
// reader's language does. Plural rules and number forms come from golang.org/x/text.
package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed locales/*.json
var files embed.FS

// Catalogue holds the texts of all languages. Safe for concurrent use.
type Catalogue struct {
	languages map[string]map[string]text
	tags      []language.Tag
	matcher   language.Matcher
}

// text is one message: a plain one under "other", or its plural forms by CLDR's names.
type text map[string]string

// UnmarshalJSON reads "text" or {"one": "...", "other": "..."}.
func (t *text) UnmarshalJSON(data []byte) error {
	var plain string
	if json.Unmarshal(data, &plain) == nil {
		*t = text{"other": plain}
		return nil
	}
	forms := map[string]string{}
	if err := json.Unmarshal(data, &forms); err != nil {
		return err
	}
	if forms["other"] == "" {
		return fmt.Errorf("a message needs the form other: %s", data)
	}
	*t = forms
	return nil
}

// Load reads the embedded catalogue. A language's texts stand in LANGUAGE.json and LANGUAGE.PART.json.
func Load() (*Catalogue, error) {
	names, err := fs.Glob(files, "locales/*.json")
	if err != nil {
		return nil, err
	}
	c := &Catalogue{languages: map[string]map[string]text{}}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var texts map[string]text
		if err := json.Unmarshal(data, &texts); err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		tag, _, _ := strings.Cut(path.Base(name), ".")
		if c.languages[tag] == nil {
			c.languages[tag] = map[string]text{}
		}
		for key, text := range texts {
			if _, twice := c.languages[tag][key]; twice {
				return nil, fmt.Errorf("reading %s: %q is in another file of the language, too", name, key)
			}
			c.languages[tag][key] = text
		}
	}
	c.tags = []language.Tag{language.English} // the fallback comes first
	for name := range c.languages {
		if name != "en" {
			c.tags = append(c.tags, language.Make(name))
		}
	}
	c.matcher = language.NewMatcher(c.tags)
	return c, nil
}

// Languages lists the languages that there are texts for, English first.
func (c *Catalogue) Languages() []string {
	names := make([]string, len(c.tags))
	for i, tag := range c.tags {
		names[i] = tag.String()
	}
	return names
}

// Keys lists the names of all texts, in order.
func (c *Catalogue) Keys() []string { return slices.Sorted(maps.Keys(c.languages["en"])) }

// For chooses the reader's language: the first of the wishes that fits, each a tag or an Accept-Language header.
func (c *Catalogue) For(zone *time.Location, wishes ...string) *Reader {
	var tags []language.Tag
	for _, wish := range wishes {
		tags = append(tags, parse(wish)...)
	}
	_, at, _ := c.matcher.Match(tags...)
	tag := c.tags[at]
	if zone == nil {
		zone = time.UTC
	}
	return &Reader{
		Language: tag.String(), Zone: zone, tag: tag, texts: c.languages[tag.String()], english: c.languages["en"], printer: message.NewPrinter(tag),
	}
}

// parse reads a tag or an Accept-Language header. In a header with an unknown or malformed entry the others count, as they
// stand.
func parse(wish string) []language.Tag {
	tags, _, err := language.ParseAcceptLanguage(wish)
	if err == nil || !strings.Contains(wish, ",") {
		return tags
	}
	tags = nil
	for entry := range strings.SplitSeq(wish, ",") {
		tags = append(tags, parse(entry)...)
	}
	return tags
}

// Reader writes for one reader.
type Reader struct {
	// Language is a BCP 47 tag.
	Language string
	Zone     *time.Location
	tag      language.Tag
	texts    map[string]text
	english  map[string]text
	printer  *message.Printer
}

// Direction is "rtl" for languages that are written from the right.
func (r *Reader) Direction() string { return Direction(r.Language) }

// Direction is "rtl" for languages that are written from the right, given as a BCP 47 tag.
func Direction(name string) string {
	script, _ := language.Make(name).Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Nkoo", "Syrc":
		return "rtl"
	}
	return "ltr"
}

// T gives a message. Arguments stand as {0}, {1}, ...; the first one that is a whole number chooses the plural form.
func (r *Reader) T(key string, args ...any) string {
	forms, ok := r.texts[key]
	if !ok {
		if forms, ok = r.english[key]; !ok {
			return key
		}
	}
	out := forms["other"]
	for _, arg := range args {
		n, whole := arg.(int)
		if !whole {
			continue
		}
		if form, ok := forms[r.form(n)]; ok {
			out = form
		}
		break
	}
	if len(args) == 0 {
		return out
	}
	pairs := make([]string, 0, 2*len(args))
	for i, arg := range args {
		pairs = append(pairs, fmt.Sprintf("{%d}", i), r.write(arg))
	}
	return strings.NewReplacer(pairs...).Replace(out)
}

func (r *Reader) form(n int) string {
	if n < 0 {
		n = -n
	}
	return [...]string{
		plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many",
	}[plural.Cardinal.MatchPlural(r.tag, n, 0, 0, 0, 0)]
}

func (r *Reader) write(arg any) string {
	switch v := arg.(type) {
	case string:
		return v
	case int, int64, float64:
		return r.printer.Sprint(v)
	case time.Time:
		return r.Time(v)
	}
	return fmt.Sprint(arg)
}

// Points writes a score: as many decimals as it needs, two at most.
func (r *Reader) Points(points float64) string {
	return strings.TrimRight(strings.TrimRight(r.printer.Sprintf("%.2f", points), "0٠"), ".,٫")
}

// Percent writes a fraction as a percentage.
func (r *Reader) Percent(fraction float64) string {
	return r.T("percent", r.printer.Sprintf("%.0f", fraction*100))
}

// Time writes an instant in the reader's zone, with the zone's name.
func (r *Reader) Time(at time.Time) string {
	return at.In(r.Zone).Format("2006-01-02 15:04 MST")
}

// Script gives the texts that page scripts need, as JSON.
func (r *Reader) Script() map[string]string { return r.Group("script.") }

// Group gives the texts whose keys begin with a prefix, without it.
func (r *Reader) Group(prefix string) map[string]string {
	out := map[string]string{}
	for key := range r.english {
		if name, ok := strings.CutPrefix(key, prefix); ok {
			out[name] = r.T(key)
		}
	}
	return out
}

// Missing lists the keys of English that another language lacks, and those that it has too many, for the test that keeps
// them complete.
func (c *Catalogue) Missing(languageName string) (missing, extra []string) {
	for key := range c.languages["en"] {
		if _, ok := c.languages[languageName][key]; !ok {
			missing = append(missing, key)
		}
	}
	for key := range c.languages[languageName] {
		if _, ok := c.languages["en"][key]; !ok {
			extra = append(extra, key)
		}
	}
	return missing, extra
}
