package video

import (
	"regexp"
	"strings"
)

var languagePattern = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$`)

func validLanguage(tag string) bool { return languagePattern.MatchString(tag) }

// ownNames are languages as their own speakers call them: who looks for his language knows its name.
var ownNames = map[string]string{
	"ar": "العربية", "bg": "Български", "bn": "বাংলা", "ca": "Català", "cs": "Čeština", "da": "Dansk", "de": "Deutsch",
	"el": "Ελληνικά", "en": "English", "es": "Español", "et": "Eesti", "eu": "Euskara", "fa": "فارسی", "fi": "Suomi",
	"fr": "Français", "gl": "Galego", "gu": "ગુજરાતી", "he": "עברית", "hi": "हिन्दी", "hr": "Hrvatski", "hu": "Magyar",
	"hy": "Հայերեն", "id": "Bahasa Indonesia", "is": "Íslenska", "it": "Italiano", "ja": "日本語", "ka": "ქართული",
	"kk": "Қазақша", "km": "ភាសាខ្មែរ", "ko": "한국어", "lt": "Lietuvių", "lv": "Latviešu", "ml": "മലയാളം", "mn": "Монгол",
	"mr": "मराठी", "ms": "Bahasa Melayu", "nb": "Norsk bokmål", "ne": "नेपाली", "nl": "Nederlands", "nn": "Norsk nynorsk",
	"pa": "ਪੰਜਾਬੀ", "pl": "Polski", "ps": "پښتو", "pt": "Português", "pt-br": "Português (Brasil)", "ro": "Română",
	"ru": "Русский", "sk": "Slovenčina", "sl": "Slovenščina", "sq": "Shqip", "sr": "Српски", "sv": "Svenska", "sw": "Kiswahili",
	"ta": "தமிழ்", "te": "తెలుగు", "th": "ไทย", "tr": "Türkçe", "uk": "Українська", "ur": "اردو", "uz": "Oʻzbekcha",
	"vi": "Tiếng Việt", "zh": "中文", "zh-cn": "简体中文", "zh-hans": "简体中文", "zh-hant": "繁體中文", "zh-tw": "繁體中文",
}

// languageName is a language by its own name, or the tag where that is not known.
func languageName(tag string) string {
	lower := strings.ToLower(strings.ReplaceAll(tag, "_", "-"))
	if name, ok := ownNames[lower]; ok {
		return name
	}
	base, _, _ := strings.Cut(lower, "-")
	if name, ok := ownNames[base]; ok {
		return name + " (" + tag + ")"
	}
	return tag
}

// bcp47 writes a tag as HTML wants it.
func bcp47(tag string) string { return strings.ReplaceAll(tag, "_", "-") }

// preferred picks the track that a learner wants: the one he chose before, the one of the page's language, English, the
// first. -1 when there is none.
func preferred(tracks []track, chosen, locale string) int {
	base, _, _ := strings.Cut(locale, "-")
	for _, want := range []string{chosen, locale, base, "en"} {
		for i := range tracks {
			if want != "" && strings.EqualFold(tracks[i].Language, want) {
				return i
			}
		}
	}
	if len(tracks) > 0 {
		return 0
	}
	return -1
}
