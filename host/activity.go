package host

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/net/html"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/files"
)

// An activity is a page among a course's files that a block shows in a frame and speaks with (Open edX's jsinput). Its address is
// that of the file with this parameter: what it names relatively is found as ever.
const activityQuery = "activity"

// maxActivity bounds a page that is read to put the bridge into, in bytes. A larger one is sent as it is, and may still speak by
// a library of its own.
const maxActivity = 8 << 20

// isPage reports whether a file is HTML that an activity could be.
func isPage(asset course.Asset) bool {
	switch strings.ToLower(path.Ext(asset.Name)) {
	case ".html", ".htm":
		return asset.Size <= maxActivity
	}
	return false
}

// sendActivity sends a page of the course with the bridge by which the block's script speaks with it (web/src/activity.ts).
// The page has an origin of its own wherever it is opened: no cookie, no storage and no page of this site is within its reach.
func (r *request) sendActivity(asset course.Asset) error {
	data, err := r.readRange(asset.Hash, 0, asset.Size)
	if err != nil {
		return err
	}
	kind := files.TypeOf(asset.Name, data[:min(len(data), files.SniffLength)])
	for header, value := range kind.Headers(path.Base(asset.Name)) {
		r.Set(header, value)
	}
	r.Set(fiber.HeaderCacheControl, "private, max-age=60")
	if kind.Display != files.Active || !utf8.Valid(data) {
		return r.Send(data)
	}
	r.Set(fiber.HeaderContentSecurityPolicy, r.server.activityPolicy())
	bridge, err := r.server.config.Assets.Text("activity.js")
	if err != nil {
		return err
	}
	return r.SendString(bridged(r.rewrite(string(data)), bridge))
}

// activityPolicy lets an activity load what authors' pages load. A form of it is for its own scripts: none is sent anywhere.
func (s *Server) activityPolicy() string {
	return strings.Join([]string{
		"sandbox " + activitySandbox, "default-src https: data: blob: 'unsafe-inline' 'unsafe-eval' " + s.origin(), "form-action 'none'",
	}, "; ")
}

// activitySandbox are the rights of an activity, those of Open edX. The block's script gives its frame the same.
const activitySandbox = "allow-scripts allow-forms allow-popups allow-pointer-lock allow-downloads"

// bridged puts the bridge before everything else that runs in a page.
func bridged(page, bridge string) string {
	at := preamble(page)
	return page[:at] + "<script>" + bridge + "</script>" + page[at:]
}

// preamble is how much of a page stands before what its document type names, 0 where none is named: a script before the document
// type would change how browsers lay the page out. Comments end where browsers see their end, so that nothing in them runs.
func preamble(page string) int {
	at := 0
	if strings.HasPrefix(page, byteOrderMark) {
		at = len(byteOrderMark)
	}
	tokens := html.NewTokenizer(strings.NewReader(page[at:]))
	for {
		kind := tokens.Next()
		raw := tokens.Raw()
		at += len(raw)
		switch {
		case kind == html.DoctypeToken:
			return at
		case kind == html.CommentToken, kind == html.TextToken && len(bytes.Trim(raw, " \t\n\f\r")) == 0:
		default:
			return 0
		}
	}
}

const byteOrderMark = "\ufeff"
