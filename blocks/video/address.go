package video

import (
	"path"
	"regexp"
	"strings"
)

const static = "/static/"

// maxAddress bounds an address in bytes.
const maxAddress = 2000

// address reads an author's address: a page of the web, or a file of the course in any of Open edX's ways of writing it,
// which becomes "/static/NAME". Everything else, such as javascript:, is none and gives "".
func address(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxAddress || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || strings.ContainsRune("\"<>\\`", r) }) {
		return ""
	}
	text = strings.ReplaceAll(text, " ", "%20")
	if _, name, ok := strings.Cut(text, "type@asset+block@"); ok {
		return file(name)
	}
	if _, name, ok := strings.Cut(text, "/c4x/"); ok {
		if _, name, ok = strings.Cut(name, "/asset/"); ok {
			return file(name)
		}
	}
	lower := strings.ToLower(text)
	switch {
	case strings.HasPrefix(lower, "https://"), strings.HasPrefix(lower, "http://"):
		return text
	case strings.HasPrefix(text, "//"):
		return "https:" + text
	case strings.HasPrefix(text, static):
		return file(text[len(static):])
	case strings.HasPrefix(text, "static/"):
		return file(text[len("static/"):])
	case !strings.ContainsAny(text, "/:?#"):
		return file(text)
	}
	return ""
}

// file is the address of a file of the course.
func file(name string) string {
	if name == "" || path.Clean("/"+name) != "/"+name {
		return ""
	}
	return static + name
}

// fileName is the name of the course's file that an address leads to, "" when it leads elsewhere.
func fileName(address string) string {
	name, ok := strings.CutPrefix(address, static)
	if !ok {
		return ""
	}
	if end := strings.IndexAny(name, "?#"); end >= 0 {
		name = name[:end]
	}
	return strings.ReplaceAll(name, "%20", " ")
}

// videoTypes are the types of video files by their names' ends. A browser tries a file without a type anyway.
var videoTypes = map[string]string{
	".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm", ".ogv": "video/ogg", ".ogg": "video/ogg",
	".m3u8": "application/vnd.apple.mpegurl", ".mp3": "audio/mpeg", ".m4a": "audio/mp4",
}

func sourceOf(url string) source {
	bare, _, _ := strings.Cut(url, "?")
	bare, _, _ = strings.Cut(bare, "#")
	return source{URL: url, Type: videoTypes[strings.ToLower(path.Ext(bare))]}
}

var (
	youtubeID      = regexp.MustCompile(`^[A-Za-z0-9_-]{6,20}$`)
	youtubeAddress = regexp.MustCompile(`^(?:https?:)?//(?:www\.|m\.)?(?:youtube(?:-nocookie)?\.com/(?:watch\?(?:.*&)?v=|embed/|shorts/|live/)|youtu\.be/)([A-Za-z0-9_-]{6,20})`)
)

// youtube reads a YouTube ID, or finds it in a YouTube address; "" when there is none.
func youtube(text string) string {
	text = strings.TrimSpace(text)
	if youtubeID.MatchString(text) {
		return text
	}
	if found := youtubeAddress.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}
