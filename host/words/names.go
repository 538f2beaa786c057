package words

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// LanguageName names a language, given as a BCP 47 tag, in the reader's own; a tag that nobody knows is shown as it is.
func (r *Reader) LanguageName(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	if name := display.Tags(r.tag).Name(parsed); name != "" {
		return name
	}
	return tag
}

// RegionName names a country, given by its two letters, in the reader's language; "" for one that there is not.
func (r *Reader) RegionName(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil || !region.IsCountry() {
		return ""
	}
	return display.Regions(r.tag).Name(region)
}
