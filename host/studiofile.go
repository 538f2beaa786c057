package host

import (
	"errors"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/beside"
	"github.com/quoin-lms/quoin/runtime/course/picture"
	"github.com/quoin-lms/quoin/runtime/course/review"
)

// studioFileBody is the page of one file.
type studioFileBody struct {
	Action, Undo, Back, Content, Upload string
	Row                                 studioFileRow
	// Address is what texts of the course link to.
	Address, Measures string
	// Shown says that the file is a picture, which the page shows.
	Shown   bool
	Uses    []studioUse
	History []studioFileChange
	More    bool
	// Errors stand beside inputs, by name.
	Errors map[string]string
	NewAlt string
}

// studioUse is a place that refers to the file.
type studioUse struct {
	Title, Link string
	Draft       bool
}

// studioFileChange is one change of the file.
type studioFileChange struct {
	Op, Text, By, Size, Content string
	At                          *instant
	// Undo takes this change back; Back brings the state after it back, for others than the present one.
	Undo, Back bool
}

// shownChanges is how many changes a page lists.
const shownChanges = 50

// starName is the file that the address names.
func (r *request) starName() string { return strings.TrimPrefix(r.param("*"), "/") }

func (r *request) studioFile() error { return r.showFile(fiber.StatusOK, &studioFileBody{}) }

func (r *request) showFile(status int, body *studioFileBody) error {
	asset, err := r.site().Courses.Asset(r.ctx(), r.course, r.starName())
	if isNotFound(err) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	uses, err := r.site().Review.Uses(r.ctx(), r.course, []string{asset.Name})
	if err != nil {
		return err
	}
	by := r.authors()
	if body.Row, err = r.fileRow(&asset, uses[asset.Name], by); err != nil {
		return err
	}
	at := r.studioPath() + "/files"
	body.Action, body.Undo, body.Back, body.Content = r.filePath("at", asset.Name), at+"/undo", at, r.filePath("content", asset.Name)
	body.Upload = at + "/upload"
	body.Address, body.Shown = "/static/"+asset.Name, picture.Is(asset.Type)
	if asset.Width > 0 {
		body.Measures = r.words.T("files.measures", asset.Width, asset.Height)
	}
	if body.NewAlt == "" {
		body.NewAlt = asset.Alt
	}
	for _, use := range uses[asset.Name] {
		body.Uses = append(body.Uses, studioUse{firstOf(use.Title, r.kindText(use.Usage.Type)), r.useLink(&use), use.Draft})
	}
	if err := r.fileHistory(body, asset.Name, by); err != nil {
		return err
	}
	var focus *notice
	if did := r.Query("did"); did == "rename" || did == "replace" || did == "describe" || did == "restore" {
		focus = &notice{Kind: "good", Text: r.words.T("files.did_" + did)}
	}
	return r.showStudio(status, "studio_file.html", "files", page{Title: asset.Name, Body: body, Focus: focus})
}

// useLink leads to the editor of what refers to a file.
func (r *request) useLink(use *review.Use) string {
	switch {
	case use.Page != "":
		return r.studioPath() + "/pages"
	case use.Unit.ID != "":
		return r.studioPath() + "/units/" + url.PathEscape(use.Unit.ID) + "#" + url.PathEscape(use.Usage.ID)
	}
	return r.studioPath()
}

func (r *request) fileHistory(body *studioFileBody, name string, by func(string) (string, error)) error {
	entries, next, err := r.site().Beside.History(r.ctx(), r.course, beside.File, name, "", shownChanges)
	if err != nil {
		return err
	}
	body.More = next != ""
	for i := range entries {
		e := &entries[i]
		line := studioFileChange{Op: e.Op, Text: r.words.T("files.change_"+e.Did, e.Note), At: r.instant(e.At), Undo: i == 0}
		if line.By, err = by(e.By); err != nil {
			return err
		}
		if e.After.Asset != nil {
			line.Size, line.Back = r.words.Bytes(e.After.Asset.Size), i > 0
			line.Content = r.filePath("content", name) + "?op=" + url.QueryEscape(e.Op)
		}
		body.History = append(body.History, line)
	}
	return nil
}

// studioFileChange does what the form of a file's page asks for.
func (r *request) studioFileChange() error {
	name := r.starName()
	asset, err := r.site().Courses.Asset(r.ctx(), r.course, name)
	if isNotFound(err) || err == nil && asset.Name != name {
		return errNotFound
	}
	if err != nil {
		return err
	}
	b, by := r.site().Beside, r.user.ID
	did := "describe"
	switch r.form("do") {
	case "describe":
		locked, alt := r.form("locked") != "", clip(r.form("alt"), 8000)
		op := "alt"
		if locked != asset.Locked {
			op = map[bool]string{true: "lock", false: "unlock"}[locked]
		}
		_, err = b.Describe(r.ctx(), b.Begin(r.course, by, op), name, &locked, &alt)
		if errors.Is(err, beside.ErrName) {
			return r.showFile(fiber.StatusUnprocessableEntity, &studioFileBody{NewAlt: alt, Errors: map[string]string{"alt": r.words.T("files.alt_long")}})
		}
	case "rename":
		to := strings.TrimSpace(clip(r.form("name"), 400))
		if name == graderLibrary { // its name is what it is found by, and kept secret by
			return r.showFile(fiber.StatusUnprocessableEntity, &studioFileBody{Errors: map[string]string{"name": r.words.T("files.grader_name", name)}})
		}
		_, err = b.RenameFile(r.ctx(), r.course, by, name, to)
		switch {
		case errors.Is(err, beside.ErrName):
			return r.showFile(fiber.StatusUnprocessableEntity, &studioFileBody{Errors: map[string]string{"name": r.words.T("files.bad_name", to)}})
		case errors.Is(err, beside.ErrExists):
			return r.showFile(fiber.StatusConflict, &studioFileBody{Errors: map[string]string{"name": r.words.T("files.taken", to)}})
		}
		name, did = to, "rename"
	case "delete":
		op := b.Begin(r.course, by, "delete")
		if err = b.DeleteFile(r.ctx(), op, name); err == nil {
			return r.Redirect(r.studioPath()+"/files?"+url.Values{"gone": {name}, "undo": {op.ID}}.Encode(), fiber.StatusSeeOther)
		}
	case "restore":
		did = "restore"
		err = r.restoreFile(name, clip(r.form("op"), 100))
	default:
		return fiber.ErrBadRequest
	}
	if errors.Is(err, beside.ErrNotFound) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	return r.Redirect(r.filePath("at", name)+"?did="+did, fiber.StatusSeeOther)
}

// restoreFile makes a file what it was after one of its changes.
func (r *request) restoreFile(name, op string) error {
	b := r.site().Beside
	entry, err := b.Find(r.ctx(), r.course, beside.File, name, op)
	if err != nil {
		return err
	}
	if entry.After.Asset == nil {
		return beside.ErrNotFound
	}
	_, err = b.PutFile(r.ctx(), b.Begin(r.course, r.user.ID, "restore"), *entry.After.Asset)
	return err
}

// studioFileContent sends a file of the course, or what it was after one of its changes, to its authors.
func (r *request) studioFileContent() error {
	name := r.starName()
	asset, err := r.site().Courses.Asset(r.ctx(), r.course, name)
	if op := r.Query("op"); op != "" {
		entry, found := r.site().Beside.Find(r.ctx(), r.course, beside.File, name, clip(op, 100))
		if err = found; err == nil && entry.After.Asset == nil {
			err = beside.ErrNotFound
		}
		if err == nil {
			asset = *entry.After.Asset
		}
	}
	if isNotFound(err) || errors.Is(err, beside.ErrNotFound) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	hash, shown, size := pictureFor(&asset, r.Query("w"))
	r.Set(fiber.HeaderCacheControl, "private, max-age=60")
	return r.sendFile(hash, shown, size)
}

// pictureFor is the file, or the smallest copy of it that is as wide as is asked for.
func pictureFor(asset *course.Asset, width string) (hash, name string, size int64) {
	wanted, err := strconv.Atoi(width)
	if err == nil {
		for i := range asset.Smaller {
			if smaller := &asset.Smaller[i]; smaller.Width >= wanted {
				ending := map[string]string{"image/png": ".png", "image/jpeg": ".jpg"}[smaller.Type]
				return smaller.Hash, strings.TrimSuffix(asset.Name, path.Ext(asset.Name)) + ending, smaller.Size
			}
		}
	}
	return asset.Hash, asset.Name, asset.Size
}
