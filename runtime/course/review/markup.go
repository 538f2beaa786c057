package review

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"
)

// markup reads elements, as browsers do.
func (s *scanning) markup(where at, text string) {
	tokens := html.NewTokenizer(strings.NewReader(text))
	tokens.SetMaxBuf(len(text) + 1)
	lines := strings.Contains(text, "\n")
	line, m := 1, &markup{scanning: s}
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			if err := tokens.Err(); !errors.Is(err, io.EOF) && !errors.Is(err, html.ErrBufferExceeded) {
				return // nothing else can come of a reader in memory
			}
			m.endVideo()
			return
		}
		m.at = at{field: where.field}
		if lines {
			m.line = line
		}
		line += bytes.Count(tokens.Raw(), []byte("\n"))
		switch kind { //nolint:exhaustive // texts and comments hold no elements
		case html.StartTagToken, html.SelfClosingTagToken:
			m.start(tokens.Token())
		case html.EndTagToken:
			if token := tokens.Token(); token.Data == "video" {
				m.endVideo()
			}
		}
	}
}

// markup is a text on the way through its elements.
type markup struct {
	*scanning
	at
	// level is that of the heading before, 0 for none.
	level int
	// film is where a video began that has no captions so far.
	film *at
}

func (m *markup) flaw(kind Kind, code string, values ...string) {
	if len(m.out.found) < mostSpots {
		m.out.found = append(m.out.found, flaw{m.at, kind, code, values})
	}
}

func (m *markup) start(token html.Token) {
	attribute := map[string]string{}
	for _, a := range token.Attr {
		if _, twice := attribute[a.Key]; !twice {
			attribute[a.Key] = a.Val
		}
	}
	if id := attribute["id"]; id != "" && len(m.out.ids) < mostSpots {
		m.out.ids = append(m.out.ids, id)
	}
	switch token.Data {
	case "a", "area":
		if name := attribute["name"]; name != "" && len(m.out.ids) < mostSpots {
			m.out.ids = append(m.out.ids, name)
		}
		m.link(attribute["href"], true)
	case "img":
		m.picture(attribute)
		m.link(attribute["src"], false)
	case "iframe", "source", "embed", "audio":
		m.link(attribute["src"], false)
	case "video":
		m.endVideo()
		here := m.at
		m.film = &here
		m.link(attribute["src"], false)
	case "track":
		if kind := strings.ToLower(attribute["kind"]); kind == "captions" || kind == "subtitles" || kind == "" {
			m.film = nil
		}
		m.link(attribute["src"], false)
	case "h1", "h2", "h3", "h4", "h5", "h6":
		m.heading(int(token.Data[1] - '0'))
	}
}

// picture looks at a picture's words for those who cannot see it. Empty ones say that it says nothing.
func (m *markup) picture(attribute map[string]string) {
	alt, described := attribute["alt"]
	source := attribute["src"]
	name := path.Base(strings.TrimSuffix(source, "/"))
	if role := attribute["role"]; role == "presentation" || role == "none" || attribute["aria-hidden"] == "true" {
		return
	}
	switch {
	case !described && attribute["aria-label"] == "" && attribute["aria-labelledby"] == "":
		m.flaw(KindAlt, "alt_missing", short(name))
	case alt != "" && strings.EqualFold(strings.TrimSpace(alt), name):
		m.flaw(KindAlt, "alt_name", short(name))
	}
}

func (m *markup) heading(level int) {
	switch {
	case level == 1:
		m.flaw(KindHeadings, "heading_first")
	case m.level > 0 && level > m.level+1:
		m.flaw(KindHeadings, "heading_skipped", digit(m.level), digit(level))
	}
	m.level = level
}

func digit(n int) string { return string(rune('0' + n)) }

// endVideo tells of a video that has ended without captions.
func (m *markup) endVideo() {
	if m.film == nil {
		return
	}
	m.at, m.film = *m.film, nil
	m.flaw(KindCaptions, "captions_text")
}

// link sorts an address. Links to files and blocks are found by [olx.Links], in attributes of all kinds.
func (m *markup) link(target string, follows bool) {
	if target = strings.TrimSpace(target); target == "" || len(target) > longestURL {
		return
	}
	if strings.HasPrefix(target, "//") {
		target = "https:" + target
	}
	if address(target) {
		m.add(&m.out.outside, m.at, target)
		return
	}
	bare, name, found := strings.Cut(target, "#")
	if decoded, err := url.PathUnescape(name); err == nil {
		name = decoded
	}
	base, own := "/courses/"+m.run.String(), ""
	switch {
	case bare == "":
	case strings.HasPrefix(bare, "/jump_to_id/"):
		own = strings.Trim(strings.TrimPrefix(bare, "/jump_to_id/"), "/")
	case strings.HasPrefix(bare, base+"/jump_to_id/"):
		own = strings.Trim(strings.TrimPrefix(bare, base+"/jump_to_id/"), "/")
	case strings.HasPrefix(bare, "/course/"):
		m.add(&m.out.pages, m.at, strings.Trim(strings.TrimPrefix(bare, "/course/"), "/"))
		return
	case bare == base, strings.HasPrefix(bare, base+"/"):
		m.add(&m.out.pages, m.at, strings.Trim(strings.TrimPrefix(bare, base), "/"))
		return
	case follows && nowhere(bare):
		m.flaw(KindLinks, "link_nowhere", short(target))
		return
	default:
		return
	}
	if found && name != "" && follows && len(m.out.fragments) < mostSpots {
		m.out.fragments = append(m.out.fragments, fragment{m.at, own, name})
	}
}

// nowhere reports whether a link is one that no page of a course can follow: neither an address with its scheme nor a path of the
// site. Learners read a text on more than one page, so that a path beside the page means nothing.
func nowhere(bare string) bool {
	if strings.HasPrefix(bare, "/") || strings.HasPrefix(bare, "?") || strings.ContainsAny(bare, "{}$%") {
		return false // a path of the site, or what a template fills in
	}
	there, err := url.Parse(bare)
	return err == nil && there.Scheme == ""
}
