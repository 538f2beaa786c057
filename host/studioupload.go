package host

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/beside"
	"github.com/quoin-lms/quoin/runtime/course/picture"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// CourseFiles bounds what course teams upload.
type CourseFiles struct {
	// File bounds one file, Course all files of a course together, in MB (millions of bytes); 0 is 500 and 20 000.
	File, Course int64
	// Kinds are the endings that are taken, divided by commas; "" is all.
	Kinds string
	// Captions bounds a file with captions, in MB; 0 is 2. Their endings are taken whatever Kinds says.
	Captions int64
}

// bounds gives the limits in bytes.
func (c CourseFiles) bounds() CourseFiles {
	if c.File <= 0 {
		c.File = 500
	}
	if c.Course <= 0 {
		c.Course = 20_000
	}
	return CourseFiles{min(c.File*1_000_000, maxUpload), c.Course * 1_000_000, c.Kinds, c.Captions}
}

// taken are the endings that are taken, nil for all.
func (c CourseFiles) taken() []string {
	var list []string
	for ending := range strings.SplitSeq(strings.ToLower(c.Kinds), ",") {
		if ending = strings.TrimSpace(ending); ending != "" {
			list = append(list, "."+strings.TrimPrefix(ending, "."))
		}
	}
	return list
}

// maxTogether is how many files one form may bring.
const maxTogether = 50

// courseUploads is what a course team may upload in one form.
func (r *request) courseUploads() *wire.Uploads {
	limits := r.server.config.CourseFiles
	return &wire.Uploads{Files: maxTogether, Bytes: limits.bounds().File, Kinds: limits.taken()}
}

// received are the files of the form; what is wrong with them is told in words.
func (r *request) received(limits *wire.Uploads) ([]spooledFile, error) {
	if !r.multipart() {
		return nil, fiber.ErrBadRequest
	}
	if err := r.spoolFiles(limits, func() bool { return true }); err != nil {
		return nil, err
	}
	return r.uploaded.files, nil
}

// studioUpload stores files in the course: new ones, and in place of those of the same name where the form says so, since learners have
// the new one at once. A file's own page says whose place its one takes.
func (r *request) studioUpload() error {
	received, err := r.received(r.courseUploads())
	if err == nil && len(received) == 0 {
		err = fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("files.none_chosen"))
	}
	folder, as, replace := strings.Trim(clip(r.form("folder"), 150), "/ "), clip(r.form("as"), 400), r.form("replace") != ""
	var stored []string
	for i := 0; i < len(received) && err == nil; i++ {
		name := path.Join(folder, received[i].name)
		if as != "" {
			name = as
		}
		if err = r.storeFile(name, received[i].Spooled, replace); err == nil {
			stored = append(stored, name)
		}
	}
	if as != "" && !r.wantsData() && len(stored) > 0 {
		return r.Redirect(r.filePath("at", as)+"?did=replace", fiber.StatusSeeOther)
	}
	return r.uploadAnswer(stored, err)
}

// uploadAnswer tells a page or a script what came of an upload.
func (r *request) uploadAnswer(stored []string, err error) error {
	var refused *fiber.Error
	if err != nil && (!errors.As(err, &refused) || refused.Code == fiber.StatusNotFound) {
		return err
	}
	if r.wantsData() {
		if err != nil {
			return r.Status(refused.Code).JSON(fiber.Map{"error": refused.Message})
		}
		return r.JSON(fiber.Map{"stored": stored})
	}
	if err != nil {
		return r.showFiles(refused.Code, &notice{Kind: "bad", Text: refused.Message})
	}
	return r.showFiles(fiber.StatusOK, &notice{Kind: "good", Text: r.words.T("files.stored", len(stored), strings.Join(stored, r.words.T("list.comma")+" "))})
}

// storeFile stores one file under a name, and in place of what has it only where that is meant. What is wrong is told in words.
func (r *request) storeFile(name string, from *files.Spooled, replace bool) error {
	refuse := func(text string) error { return fiber.NewError(fiber.StatusUnprocessableEntity, text) }
	if beside.CheckName(name) != nil {
		return refuse(r.words.T("files.bad_name", name))
	}
	if !files.Fits(name, from.Head) {
		return refuse(r.words.T("upload.content", name))
	}
	limits := r.server.config.CourseFiles.bounds()
	all, err := r.courseAssets()
	if err != nil {
		return err
	}
	put, did := r.site().Beside.AddFile, "upload"
	room := limits.Course - sizeOf(all)
	if at := slices.IndexFunc(all, func(a course.Asset) bool { return a.Name == name }); at >= 0 {
		if !replace {
			return fiber.NewError(fiber.StatusConflict, r.words.T("files.there", name))
		}
		put, did, room = r.site().Beside.PutFile, "replace", room+all[at].Size
	}
	if did == "replace" || name == graderLibrary { // other new files are nowhere yet
		if err := r.refuseHeld(); err != nil {
			return err
		}
	}
	if from.Size > room {
		return refuse(r.words.T("files.full", name, r.words.Bytes(limits.Course)))
	}
	asset := course.Asset{Name: name, Type: files.TypeOf(name, from.Head).MIME, At: r.server.config.Now().UTC()}
	if picture.Is(asset.Type) {
		err = r.storePicture(&asset, from)
	} else {
		var blob files.Blob
		blob, err = r.site().Files.Store(r.ctx(), from)
		asset.Hash, asset.Size = blob.Hash, blob.Size
	}
	switch {
	case errors.Is(err, picture.ErrDamaged):
		return refuse(r.words.T("files.damaged", name))
	case errors.Is(err, picture.ErrTooLarge):
		return refuse(r.words.T("files.picture_large", name, r.words.Bytes(picture.MaxBytes), picture.MaxPixels/1_000_000))
	case errors.Is(err, picture.ErrPasses):
		return refuse(r.words.T("files.picture_passes", name, picture.MaxScans))
	case err != nil:
		return err
	}
	_, err = put(r.ctx(), r.site().Beside.Begin(r.course, r.user.ID, did), asset)
	if errors.Is(err, beside.ErrExists) { // it came while this one was stored
		return fiber.NewError(fiber.StatusConflict, r.words.T("files.there", name))
	}
	return err
}

// storePicture stores a picture without what its camera wrote, and its smaller copies.
func (r *request) storePicture(asset *course.Asset, from *files.Spooled) error {
	if from.Size > picture.MaxBytes {
		return picture.ErrTooLarge
	}
	data, err := from.Read()
	if err != nil {
		return err
	}
	prepared, err := picture.Prepare(r.ctx(), asset.Type, data)
	if err != nil {
		return err
	}
	blob, err := r.site().Files.Put(r.ctx(), bytes.NewReader(prepared.Data), picture.MaxBytes)
	if err != nil {
		return err
	}
	asset.Hash, asset.Size, asset.Width, asset.Height = blob.Hash, blob.Size, prepared.Width, prepared.Height
	for _, smaller := range prepared.Smaller {
		if blob, err = r.site().Files.Put(r.ctx(), bytes.NewReader(smaller.Data), picture.MaxBytes); err != nil {
			return err
		}
		asset.Smaller = append(asset.Smaller, course.Smaller{Width: smaller.Width, Hash: blob.Hash, Size: blob.Size, Type: smaller.Type})
	}
	return nil
}
