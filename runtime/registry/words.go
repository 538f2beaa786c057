package registry

import (
	"cmp"
	"encoding/json"
	"io"
	"path"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// LocalesFolder holds a package's catalogues: one JSON object of texts by key for each language.
const LocalesFolder = "locales"

// MaxCatalogue bounds one catalogue in bytes.
const MaxCatalogue = 1 << 20

// Words are the package's texts in a language, a BCP 47 tag, by key; nil where it has none. What is no catalogue counts as none:
// `quoin block check` says what is wrong with it.
func (v *Version) Words(language string) map[string]string {
	if known, ok := v.words.Load(language); ok {
		texts, _ := known.(map[string]string)
		return texts
	}
	texts := v.readWords(language)
	if base, _, regional := strings.Cut(language, "-"); texts == nil && regional {
		texts = v.readWords(base)
	}
	v.words.Store(language, texts)
	return texts
}

func (v *Version) readWords(language string) map[string]string {
	if v.Files == nil || language == "" || strings.ContainsAny(language, "/\\.") {
		return nil
	}
	file, err := v.Files.Open(path.Join(LocalesFolder, language+".json"))
	if err != nil {
		return nil
	}
	defer file.Close()
	var texts map[string]string
	if err := json.NewDecoder(io.LimitReader(file, MaxCatalogue)).Decode(&texts); err != nil {
		return nil
	}
	return texts
}

// Title is what a type is called in a language: "type.TYPE.title" of the catalogue, else what the manifest says.
func (v *Version) Title(blockType, language string) string {
	t, _ := v.Manifest.Type(blockType)
	return cmp.Or(v.Words(language)["type."+blockType+".title"], t.Title)
}

// InLanguage gives a type's declared fields with the catalogue's words for titles, helps and options. See [FieldTexts] for keys.
func (v *Version) InLanguage(blockType, language string, declared []wire.Field) []wire.Field {
	texts := v.Words(language)
	out := make([]wire.Field, len(declared))
	for i := range declared {
		out[i] = clone(&declared[i])
	}
	FieldTexts(out, func(key string, text *string) {
		*text = cmp.Or(texts["type."+blockType+"."+key], texts[key], *text)
	})
	return out
}

func clone(f *wire.Field) wire.Field {
	out := *f
	out.Values = append([]wire.Value(nil), f.Values...)
	out.Items = append([]wire.Item(nil), f.Items...)
	for i := range out.Items {
		out.Items[i].Values = append([]wire.Value(nil), out.Items[i].Values...)
	}
	return out
}

// FieldTexts visits every text that an author's form shows of fields, with its key in the package's catalogues:
//
//	field.NAME.title, field.NAME.help, field.NAME.value.VALUE
//	field.NAME.add
//	field.NAME.items.MEMBER.title, .help and .value.VALUE for the members of a list's entries
//
// MEMBER and its dot are left out where entries are plain values. Before each key may stand "type.TYPE.", for a package whose
// types have fields of one name that mean different things.
func FieldTexts(fields []wire.Field, visit func(key string, text *string)) {
	for i := range fields {
		f := &fields[i]
		begin := "field." + f.Name + "."
		texts(begin, &f.Title, &f.Help, f.Values, visit)
		if f.Add != "" {
			visit(begin+"add", &f.Add)
		}
		for n := range f.Items {
			item, at := &f.Items[n], begin+"items."
			if item.Name != "" {
				at += item.Name + "."
			}
			texts(at, &item.Title, &item.Help, item.Values, visit)
		}
	}
}

func texts(begin string, title, help *string, values []wire.Value, visit func(string, *string)) {
	if *title != "" {
		visit(begin+"title", title)
	}
	if *help != "" {
		visit(begin+"help", help)
	}
	for i := range values {
		var text string
		if json.Unmarshal(values[i].Value, &text) != nil {
			text = string(values[i].Value)
		}
		visit(begin+"value."+text, &values[i].Title)
	}
}
