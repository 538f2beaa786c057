package sdk

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"strconv"
	"strings"
)

// Catalogue holds a block's words in several languages: one JSON object of key -> text per language. A text may hold {0},
// {1}, ... for its arguments, and variants by number as "one: ...|other: ..." chosen by the first argument.
//
// English ("en") is complete; another language falls back to it key by key.
type Catalogue struct{ languages map[string]map[string]string }

// Messages reads locales/*.json of a file system, usually an embed.FS. It panics on a file that is not a JSON object of
// strings, because that is a defect of the build.
func Messages(files fs.FS) *Catalogue {
	names, err := fs.Glob(files, "locales/*.json")
	if err != nil {
		panic(fmt.Sprintf("sdk.Messages: %v", err))
	}
	c := &Catalogue{languages: map[string]map[string]string{}}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			panic(fmt.Sprintf("sdk.Messages: %v", err))
		}
		var texts map[string]string
		if err := json.Unmarshal(data, &texts); err != nil {
			panic(fmt.Sprintf("sdk.Messages: %s: %v", name, err))
		}
		c.languages[strings.TrimSuffix(path.Base(name), ".json")] = texts
	}
	return c
}

// With is the catalogue with the words of another; where both know a key, the other's count.
func (c *Catalogue) With(other *Catalogue) *Catalogue {
	joined := &Catalogue{languages: map[string]map[string]string{}}
	for _, one := range []*Catalogue{c, other} {
		for language, texts := range one.languages {
			if joined.languages[language] == nil {
				joined.languages[language] = map[string]string{}
			}
			maps.Copy(joined.languages[language], texts)
		}
	}
	return joined
}

// Languages lists the keys of each language, for checks.
func (c *Catalogue) Languages() map[string]map[string]string { return c.languages }

func (c *Catalogue) text(locale, key string, args ...any) string {
	if c == nil {
		return key
	}
	base, _, _ := strings.Cut(locale, "-")
	for _, language := range []string{locale, base, "en"} {
		if text, ok := c.languages[language][key]; ok {
			return format(language, text, args)
		}
	}
	return key
}

func format(language, text string, args []any) string {
	if strings.Contains(text, "other:") && len(args) > 0 {
		text = plural(language, text, args[0])
	}
	if !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, 2*len(args))
	for i, arg := range args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", fmt.Sprint(arg))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// plural picks the variant of a text for a number. The forms are CLDR's; the rules here cover the languages that have
// one/other and those of Arabic, which has all six.
func plural(language, text string, arg any) string {
	form := "other"
	if n, err := strconv.Atoi(fmt.Sprint(arg)); err == nil {
		form = pluralForm(language, n)
	}
	variants := map[string]string{}
	for variant := range strings.SplitSeq(text, "|") {
		name, words, _ := strings.Cut(variant, ":")
		variants[strings.TrimSpace(name)] = strings.TrimSpace(words)
	}
	if words, ok := variants[form]; ok {
		return words
	}
	return variants["other"]
}

func pluralForm(language string, n int) string {
	if language != "ar" {
		if n == 1 {
			return "one"
		}
		return "other"
	}
	switch rest := n % 100; {
	case n == 0:
		return "zero"
	case n == 1:
		return "one"
	case n == 2:
		return "two"
	case rest >= 3 && rest <= 10:
		return "few"
	case rest >= 11:
		return "many"
	}
	return "other"
}
