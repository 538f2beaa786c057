package host

import (
	"cmp"
	"errors"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/sheet"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/beside"
	"github.com/quoin-lms/quoin/runtime/course/picture"
	"github.com/quoin-lms/quoin/runtime/course/review"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/store"
)

// studioFileRoutes are the addresses of a course's files in Studio.
func studioFileRoutes() []Route {
	const files = studioPages + "/files"
	return []Route{
		{Method: "GET", Path: files, Who: Authors, Kind: Page, Handle: (*request).studioFiles},
		{Method: "GET", Path: files + ".csv", Who: Authors, Kind: File, Handle: (*request).studioFilesSheet},
		{Method: "POST", Path: files + "/upload", Who: Authors, Kind: Page, Handle: (*request).studioUpload, Uploads: true, Takes: (*request).courseUploads},
		{Method: "POST", Path: files + "/undo", Who: Authors, Kind: Page, Handle: atOnce((*request).studioFileUndo)},
		{Method: "GET", Path: files + "/at/*", Who: Authors, Kind: Page, Handle: (*request).studioFile},
		{Method: "POST", Path: files + "/at/*", Who: Authors, Kind: Page, Handle: atOnce((*request).studioFileChange)},
		{Method: "GET", Path: files + "/content/*", Who: Authors, Kind: File, Handle: (*request).studioFileContent},
	}
}

// studioFilesBody is the list of a course's files.
type studioFilesBody struct {
	Action, Upload, CSV, Text string
	Filters                   []filterPart
	// Filtered says that the page shows fewer than all; Any that there are files at all.
	Filtered, Any       bool
	Total, Room, Bounds string
	Rows                []studioFileRow
	First, Next         string
	Undo                *studioUndo
}

// studioUndo takes the change of a moment ago back.
type studioUndo struct{ Action, Op, Text string }

type studioFileRow struct {
	Name, Link, Kind, Size, By string
	// Picture is where a small copy stands, "" for what is no picture; Alt are its words, NoAlt says that it has none.
	Picture, Alt string
	NoAlt        bool
	Locked       bool
	At           *instant
	Uses         int
	Used         string
}

// Bounds of the list.
const (
	filesPage     = 50
	maxStudioFile = 20_000
)

// The kinds that the list filters by, with the first parts of media types.
var fileKinds = []string{"picture", "film", "sound", "text", "page", "other"}

func fileKind(asset *course.Asset) string {
	kind, _, _ := strings.Cut(asset.Type, "/")
	switch ending := strings.ToLower(path.Ext(asset.Name)); {
	case kind == "image":
		return "picture"
	case kind == "video":
		return "film"
	case kind == "audio":
		return "sound"
	case ending == ".html", ending == ".htm", ending == ".js", ending == ".css", ending == ".svg":
		return "page"
	case kind == "text", ending == ".pdf", ending == ".srt", ending == ".vtt", ending == ".docx", ending == ".odt":
		return "text"
	}
	return "other"
}

// filesQuery is what the address asks for.
type filesQuery struct {
	text, kind, use, sort string
	from                  int
}

func (r *request) filesQuery() filesQuery {
	from, _ := strconv.Atoi(r.Query("from")) // no number is the first page
	return filesQuery{
		text: strings.TrimSpace(clip(r.Query("q"), 200)), kind: clip(r.Query("kind"), 20), use: clip(r.Query("use"), 20), sort: clip(r.Query("sort"), 20),
		from: min(max(from, 0), maxStudioFile),
	}
}

func (q *filesQuery) link(path string, from int) string {
	values := url.Values{}
	for name, value := range map[string]string{"q": q.text, "kind": q.kind, "use": q.use, "sort": q.sort} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if from > 0 {
		values.Set("from", strconv.Itoa(from))
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

func (q *filesQuery) filtered() bool { return q.text+q.kind+q.use != "" }

// courseAssets are all files of the course, as far as pages go.
func (r *request) courseAssets() ([]course.Asset, error) {
	var all []course.Asset
	for after := store.Cursor(""); len(all) < maxStudioFile; {
		some, next, err := r.site().Courses.Assets(r.ctx(), r.course, after, store.MaxPage)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if after = next; next == "" {
			break
		}
	}
	return all, nil
}

// foundFiles are the files that the query asks for, in its order, with their uses.
func (r *request) foundFiles(q *filesQuery) (found, all []course.Asset, uses map[string][]review.Use, err error) {
	if all, err = r.courseAssets(); err != nil {
		return nil, nil, nil, err
	}
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Name
	}
	if uses, err = r.site().Review.Uses(r.ctx(), r.course, names); err != nil {
		return nil, nil, nil, err
	}
	text := course.Fold(q.text)
	for i := range all {
		asset := &all[i]
		if q.kind != "" && fileKind(asset) != q.kind || text != "" && !strings.Contains(course.Fold(asset.Name+"\n"+asset.Alt), text) ||
			q.use == "unused" && len(uses[asset.Name]) > 0 || q.use == "used" && len(uses[asset.Name]) == 0 ||
			q.use == "noalt" && (fileKind(asset) != "picture" || asset.Alt != "") || q.use == "locked" && !asset.Locked {
			continue
		}
		found = append(found, *asset)
	}
	slices.SortStableFunc(found, func(a, b course.Asset) int {
		switch q.sort {
		case "newest":
			return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Name, b.Name))
		case "largest":
			return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(a.Name, b.Name))
		case "used":
			return cmp.Or(cmp.Compare(len(uses[b.Name]), len(uses[a.Name])), cmp.Compare(a.Name, b.Name))
		}
		return cmp.Or(cmp.Compare(course.Fold(a.Name), course.Fold(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	return found, all, uses, nil
}

func (r *request) studioFiles() error { return r.showFiles(fiber.StatusOK, nil) }

func (r *request) showFiles(status int, focus *notice) error {
	q := r.filesQuery()
	found, all, uses, err := r.foundFiles(&q)
	if err != nil {
		return err
	}
	at := r.studioPath() + "/files"
	body := &studioFilesBody{Action: at, Upload: at + "/upload", CSV: q.link(at+".csv", 0), Text: q.text, Filtered: q.filtered(), Any: len(all) > 0}
	body.Total = r.words.T("files.total", len(found), r.words.Bytes(sizeOf(found)))
	limits := r.server.config.CourseFiles.bounds()
	body.Room = r.words.T("files.room", r.words.Bytes(sizeOf(all)), r.words.Bytes(limits.Course))
	body.Bounds = r.words.T("files.bounds", r.words.Bytes(limits.File))
	by := r.authors()
	for i := min(q.from, len(found)); i < min(q.from+filesPage, len(found)); i++ {
		row, err := r.fileRow(&found[i], uses[found[i].Name], by)
		if err != nil {
			return err
		}
		body.Rows = append(body.Rows, row)
	}
	if q.from > 0 {
		body.First = q.link(at, 0)
	}
	if q.from+filesPage < len(found) {
		body.Next = q.link(at, q.from+filesPage)
	}
	body.Filters = r.fileFilters(&q)
	if name := clip(r.Query("gone"), 300); name != "" && focus == nil {
		focus = &notice{Kind: "good", Text: r.words.T("files.deleted", name)}
		body.Undo = &studioUndo{at + "/undo", clip(r.Query("undo"), 100), r.words.T("files.bring_back")}
	}
	return r.showStudio(status, "studio_files.html", "files", page{Title: r.words.T("files.title"), Body: body, Focus: focus})
}

func sizeOf(assets []course.Asset) int64 {
	var sum int64
	for i := range assets {
		sum += assets[i].Size
	}
	return sum
}

func (r *request) fileFilters(q *filesQuery) []filterPart {
	kinds := []choice{{Text: r.words.T("files.kind_all")}}
	for _, kind := range fileKinds {
		kinds = append(kinds, choice{Value: kind, Text: r.words.T("files.kind_" + kind)})
	}
	choose(kinds, q.kind)
	uses := []choice{{Text: r.words.T("files.use_all")}}
	for _, use := range []string{"used", "unused", "noalt", "locked"} {
		uses = append(uses, choice{Value: use, Text: r.words.T("files.use_" + use)})
	}
	choose(uses, q.use)
	sorts := []choice{{Text: r.words.T("files.sort_name")}}
	for _, sort := range []string{"newest", "largest", "used"} {
		sorts = append(sorts, choice{Value: sort, Text: r.words.T("files.sort_" + sort)})
	}
	choose(sorts, q.sort)
	return []filterPart{{"kind", r.words.T("files.kind"), kinds}, {"use", r.words.T("files.use"), uses}, {"sort", r.words.T("files.sort"), sorts}}
}

// filePath is where a file's page stands; part is "at" or "content".
func (r *request) filePath(part, name string) string {
	return r.studioPath() + "/files/" + part + "/" + strings.ReplaceAll(url.PathEscape(name), "%2F", "/")
}

func (r *request) fileRow(asset *course.Asset, uses []review.Use, by func(string) (string, error)) (studioFileRow, error) {
	row := studioFileRow{
		Name: asset.Name, Link: r.filePath("at", asset.Name), Kind: r.words.T("files.kind_" + fileKind(asset)), Size: r.words.Bytes(asset.Size),
		Alt: asset.Alt, Locked: asset.Locked, At: r.instant(asset.At), Uses: len(uses), Used: r.words.T("files.used", len(uses)),
	}
	if picture.Is(asset.Type) {
		row.Picture, row.NoAlt = r.filePath("content", asset.Name)+"?w=160", asset.Alt == ""
	}
	var err error
	row.By, err = by(asset.By)
	return row, err
}

// authors tells who somebody is by his user id, once for each.
func (r *request) authors() func(id string) (string, error) {
	known := map[string]string{"": ""}
	return func(id string) (string, error) {
		if name, ok := known[id]; ok {
			return name, nil
		}
		user, err := r.site().People.User(r.ctx(), id)
		if errors.Is(err, people.ErrNotFound) {
			known[id] = r.words.T("files.somebody")
			return known[id], nil
		}
		if err != nil {
			return "", err
		}
		known[id] = nameOf(&user)
		return known[id], nil
	}
}

// studioFilesSheet is the list as a table to keep.
func (r *request) studioFilesSheet() error {
	q := r.filesQuery()
	found, _, uses, err := r.foundFiles(&q)
	if err != nil {
		return err
	}
	by := r.authors()
	return r.sendSheet(r.course.String()+"-files", func(w *sheet.Writer) error {
		if err := w.Write("name", "type", "bytes", "uploaded", "by", "locked", "alt", "uses"); err != nil {
			return err
		}
		for i := range found {
			asset := &found[i]
			name, err := by(asset.By)
			if err != nil {
				return err
			}
			err = w.Write(asset.Name, asset.Type, strconv.FormatInt(asset.Size, 10), asset.At.Format("2006-01-02T15:04:05Z07:00"), name,
				strconv.FormatBool(asset.Locked), asset.Alt, strconv.Itoa(len(uses[asset.Name])))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// studioFileUndo takes a change of files back.
func (r *request) studioFileUndo() error {
	_, left, err := r.site().Beside.Undo(r.ctx(), r.course, r.user.ID, clip(r.form("op"), 100))
	if errors.Is(err, beside.ErrNotFound) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	focus := &notice{Kind: "good", Text: r.words.T("files.undone")}
	if len(left) > 0 {
		focus = &notice{Kind: "warn", Text: r.words.T("files.left", strings.Join(left, r.words.T("list.comma")+" "))}
	}
	return r.showFiles(fiber.StatusOK, focus)
}
