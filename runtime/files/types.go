package files

import (
	"bytes"
	"mime"
	"net/http"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Display says where a browser may show a file.
type Display int

// The ways of display, from the most careful on.
const (
	// Download: never shown, always saved.
	Download Display = iota
	// Active: a document or a script, which may act. Shown only where it has no rights: from a second host, or with a
	// policy that puts it into a sandbox.
	Active
	// Passive: pictures, sound, film, captions, fonts and plain text. They may stand in a page of ours.
	Passive
)

// Type is what a file is taken for.
type Type struct {
	// MIME is the media type to send, with the character set where it has one.
	MIME    string
	Display Display
}

// SniffLength is how many of a file's first bytes [TypeOf] looks at.
const SniffLength = 512

type kind struct {
	Type
	// match tells whether the content may be what the name says; nil is always.
	match func(head []byte) bool
}

const (
	binary = "application/octet-stream"
	utf8Of = "; charset=utf-8"
)

// kinds is the list of extensions. What is not on it is downloaded.
var kinds = map[string]kind{
	".png":  {Type{"image/png", Passive}, sniffed("image/png")},
	".jpg":  {Type{"image/jpeg", Passive}, sniffed("image/jpeg")},
	".jpeg": {Type{"image/jpeg", Passive}, sniffed("image/jpeg")},
	".gif":  {Type{"image/gif", Passive}, sniffed("image/gif")},
	".webp": {Type{"image/webp", Passive}, sniffed("image/webp")},
	".bmp":  {Type{"image/bmp", Passive}, sniffed("image/bmp")},
	".ico":  {Type{"image/x-icon", Passive}, sniffed("image/x-icon")},
	".avif": {Type{"image/avif", Passive}, boxed("avif", "avis")},

	".mp4":  {Type{"video/mp4", Passive}, boxed()},
	".m4v":  {Type{"video/mp4", Passive}, boxed()},
	".mov":  {Type{"video/quicktime", Passive}, boxed()},
	".webm": {Type{"video/webm", Passive}, starts("\x1a\x45\xdf\xa3")},
	".ogv":  {Type{"video/ogg", Passive}, starts("OggS")},
	".mp3":  {Type{"audio/mpeg", Passive}, mpegAudio},
	".m4a":  {Type{"audio/mp4", Passive}, boxed()},
	".ogg":  {Type{"audio/ogg", Passive}, starts("OggS")},
	".oga":  {Type{"audio/ogg", Passive}, starts("OggS")},
	".opus": {Type{"audio/ogg", Passive}, starts("OggS")},
	".wav":  {Type{"audio/wav", Passive}, starts("RIFF")},
	".flac": {Type{"audio/flac", Passive}, starts("fLaC")},
	".weba": {Type{"audio/webm", Passive}, starts("\x1a\x45\xdf\xa3")},

	".txt":   {Type{"text/plain" + utf8Of, Passive}, text},
	".log":   {Type{"text/plain" + utf8Of, Passive}, text},
	".md":    {Type{"text/plain" + utf8Of, Passive}, text},
	".srt":   {Type{"text/plain" + utf8Of, Passive}, text},
	".sjson": {Type{"application/json", Passive}, text},
	".vtt":   {Type{"text/vtt" + utf8Of, Passive}, text},
	".csv":   {Type{"text/csv" + utf8Of, Download}, nil},
	".tsv":   {Type{"text/tab-separated-values" + utf8Of, Download}, nil},

	".woff":  {Type{"font/woff", Passive}, starts("wOFF")},
	".woff2": {Type{"font/woff2", Passive}, starts("wOF2")},
	".ttf":   {Type{"font/ttf", Passive}, starts("\x00\x01\x00\x00", "true")},
	".otf":   {Type{"font/otf", Passive}, starts("OTTO", "\x00\x01\x00\x00")},

	".html":  {Type{"text/html" + utf8Of, Active}, text},
	".htm":   {Type{"text/html" + utf8Of, Active}, text},
	".xhtml": {Type{"application/xhtml+xml", Active}, text},
	".svg":   {Type{"image/svg+xml", Active}, text},
	".xml":   {Type{"application/xml", Active}, text},
	".pdf":   {Type{"application/pdf", Active}, starts("%PDF-")},
	".js":    {Type{"text/javascript" + utf8Of, Active}, text},
	".mjs":   {Type{"text/javascript" + utf8Of, Active}, text},
	".css":   {Type{"text/css" + utf8Of, Active}, text},
	".json":  {Type{"application/json", Active}, text},
	".wasm":  {Type{"application/wasm", Active}, starts("\x00asm")},
	".glb":   {Type{"model/gltf-binary", Active}, starts("glTF")},
	".gltf":  {Type{"model/gltf+json", Active}, text},

	".zip":  {Type{"application/zip", Download}, nil},
	".docx": {Type{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", Download}, nil},
	".xlsx": {Type{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Download}, nil},
	".pptx": {Type{"application/vnd.openxmlformats-officedocument.presentationml.presentation", Download}, nil},
	".odt":  {Type{"application/vnd.oasis.opendocument.text", Download}, nil},
	".epub": {Type{"application/epub+zip", Download}, nil},
}

// TypeOf decides what a file is by the extension of its name and by its first bytes ([SniffLength]). Content that is not
// what the name says is only downloaded. What a client announced plays no part.
func TypeOf(name string, head []byte) Type {
	if len(head) > SniffLength {
		head = head[:SniffLength]
	}
	k, known := kinds[strings.ToLower(path.Ext(name))]
	switch {
	case !known:
		return Type{binary, Download}
	case k.match != nil && !k.match(head):
		return Type{binary, Download}
	}
	return k.Type
}

// Fits reports whether a file's first bytes may be what its name says. Of endings that are not known nothing is said.
func Fits(name string, head []byte) bool {
	k, known := kinds[strings.ToLower(path.Ext(name))]
	return !known || k.match == nil || k.match(head[:min(len(head), SniffLength)])
}

func sniffed(want string) func([]byte) bool {
	return func(head []byte) bool { return http.DetectContentType(head) == want }
}

func starts(signatures ...string) func([]byte) bool {
	return func(head []byte) bool {
		for _, signature := range signatures {
			if bytes.HasPrefix(head, []byte(signature)) {
				return true
			}
		}
		return false
	}
}

// boxed tells the files of ISO's media format, of one of these brands if any are named.
func boxed(brands ...string) func([]byte) bool {
	return func(head []byte) bool {
		if len(head) < 12 || string(head[4:8]) != "ftyp" {
			return len(brands) == 0 && oldQuickTime(head)
		}
		for _, brand := range brands {
			if string(head[8:12]) == brand {
				return true
			}
		}
		return len(brands) == 0
	}
}

// oldQuickTime tells files from before brands, which start with one of these.
func oldQuickTime(head []byte) bool {
	if len(head) < 8 {
		return false
	}
	switch string(head[4:8]) {
	case "moov", "mdat", "wide", "free", "skip":
		return true
	}
	return false
}

func mpegAudio(head []byte) bool {
	return starts("ID3")(head) || (len(head) >= 2 && head[0] == 0xff && head[1]&0xe0 == 0xe0)
}

// text refuses what holds bytes that no text has.
func text(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0xfe, 0xff}) || bytes.HasPrefix(head, []byte{0xff, 0xfe}) ||
		!bytes.ContainsFunc(head, func(r rune) bool {
			return r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f' && r != 0x1b
		})
}

// Headers are what every answer that carries the file must send. A document gets a sandbox without an origin even when it
// is opened on its own; nothing is guessed from content.
func (t Type) Headers(name string) map[string]string {
	policy := "default-src 'none'; sandbox"
	disposition := "inline"
	switch t.Display {
	case Active:
		policy = "sandbox allow-scripts"
	case Download:
		disposition = "attachment"
	case Passive:
	}
	return map[string]string{
		"Content-Type":            t.MIME,
		"Content-Disposition":     dispositionOf(disposition, name),
		"Content-Security-Policy": policy,
		"X-Content-Type-Options":  "nosniff",
	}
}

func dispositionOf(disposition, name string) string {
	if formatted := mime.FormatMediaType(disposition, map[string]string{"filename": CleanName(name)}); formatted != "" {
		return formatted
	}
	return disposition
}

const maxName = 200

// CleanName makes a file name that is safe to show, send and save: the last part of a path, without control and direction
// characters, at most 200 bytes with the extension kept, and never empty.
func CleanName(name string) string {
	name = strings.ToValidUTF8(name, "_")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			return -1
		case strings.ContainsRune(`<>:"|?*`, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if len(name) > maxName {
		extension := path.Ext(name)
		if len(extension) > 20 {
			extension = ""
		}
		name = strings.ToValidUTF8(name[:maxName-len(extension)], "") + extension
	}
	if name == "" {
		return "file"
	}
	return name
}
