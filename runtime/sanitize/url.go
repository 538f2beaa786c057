package sanitize

import (
	"net/url"
	"regexp"
	"strings"
)

// linkSchemes may stand behind a click, loadSchemes in what a page loads by itself.
var (
	linkSchemes = set("http https mailto tel")
	loadSchemes = set("http https")
)

// MaxDataURL bounds a "data:" picture in bytes as it stands in the text.
const MaxDataURL = 32 << 10

// rasterData is a picture in the text itself. SVG is not among them: it is a document.
var rasterData = regexp.MustCompile(`^data:image/(png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/]+={0,2}$`)

func link(f *filter, value string) (string, Kind)  { return address(f, value, linkSchemes) }
func media(f *filter, value string) (string, Kind) { return address(f, value, loadSchemes) }

// picture allows what media does, and small raster pictures in the text.
func picture(f *filter, value string) (string, Kind) {
	if trimmed := strings.TrimSpace(value); hasPrefixFold(trimmed, "data:") {
		if len(trimmed) > MaxDataURL || !rasterData.MatchString(trimmed) {
			return "", KindURL
		}
		return trimmed, ""
	}
	return address(f, value, loadSchemes)
}

// fragment is a reference into the same page.
func fragment(f *filter, value string) (string, Kind) {
	name, ok := strings.CutPrefix(value, "#")
	if !ok {
		return "", KindURL
	}
	if _, kind := id(f, name); kind != "" {
		return "", kind
	}
	return value, ""
}

// address reads an address as browsers do, which leave out tabs, line ends and spaces around it, and returns it as net/url
// writes it. What that cannot read is refused.
func address(f *filter, value string, schemes map[string]bool) (string, Kind) {
	if f.block && placeholderAddress.MatchString(value) {
		return value, ""
	}
	if len(value) > maxAttribute || holdsPlaceholder(value) {
		return "", KindURL
	}
	read := browserURL(value)
	parsed, err := url.Parse(read)
	if err != nil {
		// A lone % is common in authors' links, and browsers take it for itself.
		parsed, err = url.Parse(escapePercent(read))
	}
	if err != nil || (parsed.Scheme != "" && !schemes[strings.ToLower(parsed.Scheme)]) {
		return "", KindURL
	}
	out := parsed.String()
	if len(out) > maxAttribute { // escapes are longer
		return "", KindURL
	}
	if scheme, ok := schemeOf(out); ok != (parsed.Scheme != "") || (ok && !schemes[scheme]) {
		return "", KindURL // the browser's reading and net/url's differ
	}
	return out, ""
}

// browserURL takes away what the URL standard ignores and writes inner spaces as such.
func browserURL(value string) string {
	value = strings.TrimFunc(value, func(r rune) bool { return r <= ' ' })
	var b strings.Builder
	b.Grow(len(value))
	for _, r := range value {
		switch r {
		case '\t', '\n', '\r':
		case ' ':
			b.WriteString("%20")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

var scheme = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*:`)

// schemeOf finds the scheme as browsers do: whatever stands before the first colon, if it looks like one.
func schemeOf(address string) (string, bool) {
	found := scheme.FindString(address)
	return strings.ToLower(strings.TrimSuffix(found, ":")), found != ""
}

func escapePercent(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteByte(s[i])
		if s[i] == '%' && (i+2 >= len(s) || !hexadecimal(s[i+1]) || !hexadecimal(s[i+2])) {
			b.WriteString("25")
		}
	}
	return b.String()
}

func hexadecimal(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

var descriptor = regexp.MustCompile(`^[0-9]{1,5}(\.[0-9]{1,4})?[wx]$`)

// srcset checks every candidate; one bad candidate refuses all.
func srcset(f *filter, value string) (string, Kind) {
	if len(value) > maxAttribute {
		return "", KindURL
	}
	var kept []string
	for _, candidate := range strings.Split(value, ",") {
		fields := strings.Fields(candidate)
		if len(fields) == 0 || len(fields) > 2 || (len(fields) == 2 && !descriptor.MatchString(fields[1])) {
			return "", KindURL
		}
		source, kind := media(f, fields[0])
		if kind != "" || source == "" {
			return "", KindURL
		}
		fields[0] = source
		kept = append(kept, strings.Join(fields, " "))
	}
	out := strings.Join(kept, ", ")
	if len(out) > maxAttribute {
		return "", KindURL
	}
	return out, ""
}
