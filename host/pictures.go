package host

import (
	"fmt"
	"html"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/picture"
)

var (
	pictureTag       = regexp.MustCompile(`(?i)<img\b(?:[^"'<>]|"[^"]*"|'[^']*')*>`)
	pictureAttribute = regexp.MustCompile(`([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]+))?`)
)

// maxPictures bounds the pictures of one text that are looked up.
const maxPictures = 100

// staticBase is what stands before /static/ in the addresses of the course's files.
func (r *request) staticBase() string {
	if r.working != nil { // nothing of the course need be published yet
		return r.studioPath()
	}
	return "/courses/" + r.course.String()
}

// pictureUse is one <img> of a text that shows a file of the course.
type pictureUse struct {
	from, to   int
	tag, quote string
	name       string
	attributes map[string]string
}

// pictures lets a browser choose how large a copy of the course's pictures it loads, keep their places free, and load those that
// nobody has scrolled to later. What a text says itself stays. Texts with scripts of their own are left alone, and so are pictures
// that a block's script may measure: scripted says that there is one.
func (r *request) pictures(text string, scripted bool) string {
	if r.course.IsZero() || !strings.Contains(text, "/static/") || strings.Contains(strings.ToLower(text), "<script") {
		return text
	}
	uses, names := picturesOf(text, scripted)
	if len(uses) == 0 {
		return text
	}
	assets, err := r.site().Courses.AssetsNamed(r.ctx(), r.course, names)
	if err != nil {
		r.server.config.Log.WarnContext(r.ctx(), "pictures of a text were not looked up", "course", r.course.String(), "error", err)
		return text // it shows the same pictures
	}
	var out strings.Builder
	last := 0
	for i := range uses {
		use := &uses[i]
		asset, ok := assets[use.name]
		if !ok || !picture.Is(asset.Type) {
			continue
		}
		out.WriteString(text[last:use.from] + use.with(&asset, r.staticBase()))
		last = use.to
	}
	return out.String() + text[last:]
}

func picturesOf(text string, scripted bool) ([]pictureUse, []string) {
	var uses []pictureUse
	names := map[string]bool{}
	for _, at := range pictureTag.FindAllStringIndex(text, maxPictures) {
		use := pictureUse{from: at[0], to: at[1], tag: text[at[0]:at[1]], attributes: map[string]string{}}
		if onBoard(text[:at[0]]) || !use.read(scripted) {
			continue
		}
		uses, names[use.name] = append(uses, use), true
	}
	return uses, slices.Sorted(maps.Keys(names))
}

// onBoard reports whether a picture stands on a board: places on it are in its own pixels.
func onBoard(before string) bool {
	open := strings.LastIndexByte(before, '<')
	return open >= 0 && strings.HasSuffix(before, ">") && strings.Contains(before[open:], "picture-board")
}

// read takes a tag apart; false for one that is left as it is.
func (u *pictureUse) read(scripted bool) bool {
	for _, found := range pictureAttribute.FindAllStringSubmatch(u.tag[len("<img"):], -1) {
		name, value := strings.ToLower(found[1]), found[2]
		switch {
		case name == "id", name == "ismap", name == "usemap", name == "srcset", name == "sizes", name == "is", strings.HasPrefix(name, "on"),
			strings.HasPrefix(name, "data-"), name == "class" && scripted:
			return false
		case name == "src":
			if len(value) < 2 || value[0] != '"' && value[0] != '\'' {
				return false
			}
			u.quote = value[:1]
		}
		u.attributes[name] = html.UnescapeString(strings.Trim(value, `"'`))
	}
	address, err := url.Parse(strings.ReplaceAll(u.attributes["src"], " ", "%20"))
	if err != nil || address.Scheme+address.Host+address.RawQuery != "" {
		return false
	}
	var ok bool
	u.name, ok = strings.CutPrefix(address.Path, "/static/")
	return ok && u.name != ""
}

// with writes the tag with what is known of the file.
func (u *pictureUse) with(asset *course.Asset, base string) string {
	var more strings.Builder
	say := func(name, value string) {
		fmt.Fprintf(&more, " %s=%s%s%s", name, u.quote, html.EscapeString(value), u.quote)
	}
	unless := func(name, value string) {
		if _, said := u.attributes[name]; !said && value != "" {
			say(name, value)
		}
	}
	unless("alt", asset.Alt)
	unless("loading", "lazy")
	unless("decoding", "async")
	width, known := u.width(asset)
	if known == "" && asset.Width > 0 {
		say("width", strconv.Itoa(asset.Width))
		say("height", strconv.Itoa(asset.Height))
	}
	if width != "" && len(asset.Smaller) > 0 {
		address := base + (&url.URL{Path: "/static/" + asset.Name}).EscapedPath()
		var set strings.Builder
		for _, smaller := range asset.Smaller {
			fmt.Fprintf(&set, "%s?w=%d %dw, ", address, smaller.Width, smaller.Width)
		}
		fmt.Fprintf(&set, "%s %dw", address, asset.Width)
		say("srcset", set.String())
		say("sizes", width)
	}
	closing := ">"
	tag := strings.TrimSuffix(u.tag, ">")
	if bare := strings.TrimSuffix(tag, "/"); bare != tag {
		tag, closing = bare, "/>"
	}
	return strings.TrimRight(tag, " ") + more.String() + closing
}

// width is how wide the picture is shown, in CSS, "" where nobody can say; known is what the text itself says of its size.
func (u *pictureUse) width(asset *course.Asset) (width, known string) {
	style := strings.ToLower(u.attributes["style"])
	known = u.attributes["width"] + u.attributes["height"]
	if strings.Contains(style, "width") || strings.Contains(style, "height") {
		known += style
	}
	pixels, err := strconv.Atoi(strings.TrimSuffix(u.attributes["width"], "px"))
	switch {
	case asset.Width == 0:
		return "", known
	case strings.Contains(style, "width"), strings.HasSuffix(u.attributes["width"], "%"):
		return "100vw", known
	case err == nil && pixels > 0:
		return fmt.Sprintf("min(100vw, %dpx)", pixels), known
	case known == "":
		return fmt.Sprintf("min(100vw, %dpx)", asset.Width), known
	}
	return "", known
}
