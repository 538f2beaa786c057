package host

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"mime"
	"path"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/manifest"
)

const forever = "public, max-age=31536000, immutable"

// webAsset serves the host's own bundles; their names carry a digest.
func (r *request) webAsset() error {
	file, ok := r.server.config.Assets.File(r.param("file"))
	if !ok {
		return errNotFound
	}
	r.Set(fiber.HeaderContentType, file.Type)
	r.Set(fiber.HeaderCacheControl, forever)
	return r.Send(file.Data)
}

// blockAsset serves a file of a package's assets. Blocks of the binary are code of ours; others' files are never a document
// with this site's rights.
func (r *request) blockAsset() error {
	version := r.kernel().VersionOf(r.param("package"), r.param("digest"))
	name := r.param("*")
	if version == nil || version.Files == nil || !fs.ValidPath(name) {
		return errNotFound
	}
	folder := version.Manifest.Assets
	if name != version.Manifest.Icon && !slices.ContainsFunc(version.Manifest.Types, func(t manifest.Type) bool { return t.Icon == name }) {
		if folder == "" {
			return errNotFound
		}
		name = path.Join(folder, name)
	}
	data, err := readAsset(version.Files, name)
	if err != nil {
		return err
	}
	for header, value := range files.TypeOf(name, data[:min(len(data), files.SniffLength)]).Headers(path.Base(name)) {
		r.Set(header, value)
	}
	switch path.Ext(name) {
	case ".js", ".css":
		r.Set(fiber.HeaderContentType, mime.TypeByExtension(path.Ext(name)))
		r.Response().Header.Del(fiber.HeaderContentDisposition)
	}
	r.Set("Access-Control-Allow-Origin", "*") // frames have an origin of their own
	r.Set("Cross-Origin-Resource-Policy", "cross-origin")
	r.Set(fiber.HeaderCacheControl, forever)
	return r.Send(data)
}

// noSuchFile are what a disk says of a name that it does not have or could not have: below a file, too long, with a zero byte.
var noSuchFile = []error{fs.ErrNotExist, fs.ErrInvalid, syscall.EINVAL, syscall.ENOTDIR, syscall.ENAMETOOLONG}

// readAsset reads a file of a package. A folder is none.
func readAsset(from fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(from, name)
	if err == nil && !info.Mode().IsRegular() || slices.ContainsFunc(noSuchFile, func(no error) bool { return errors.Is(err, no) }) {
		return nil, errNotFound
	}
	if err != nil {
		return nil, err
	}
	return fs.ReadFile(from, name)
}

// graderLibrary is the Python that a course's problems are checked by. Only the server reads it.
const graderLibrary = course.GraderLibrary

// isGraderLibrary reports whether a file is what a course's problems are checked by, whatever it is called now: problems find a file
// that was renamed by its old name.
func (r *request) isGraderLibrary(asset *course.Asset) (bool, error) {
	library, err := r.site().Courses.Asset(r.ctx(), r.course, graderLibrary)
	if isNotFound(err) {
		return false, nil
	}
	return err == nil && library.Name == asset.Name, err
}

// courseFile serves a file of the course. As in Open edX, files that are not locked are for anyone who knows their address:
// frames and pages of a phone's app ask without a cookie.
func (r *request) courseFile() error {
	name := strings.TrimPrefix(r.param("*"), "/")
	asset, err := r.site().Courses.Asset(r.ctx(), r.course, name)
	if isNotFound(err) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	secret, err := r.isGraderLibrary(&asset)
	if err != nil {
		return err
	}
	if secret { // it holds how answers are checked (security R5)
		return errNotFound
	}
	if asset.Locked && !access.Content(r.person, r.published, r.published.Root, r.now()).Allowed {
		return errNotFound
	}
	if r.Query(activityQuery) != "" && isPage(asset) {
		return r.sendActivity(asset)
	}
	hash, name, size := pictureFor(&asset, r.Query("w"))
	r.Set(fiber.HeaderETag, `"`+hash[:32]+`"`)
	r.Set("Access-Control-Allow-Origin", "*")
	r.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if asset.Locked {
		r.Set(fiber.HeaderCacheControl, "private, max-age=60")
	} else {
		r.Set(fiber.HeaderCacheControl, "public, max-age=300")
	}
	if r.Get(fiber.HeaderIfNoneMatch) == `"`+hash[:32]+`"` {
		return r.SendStatus(fiber.StatusNotModified)
	}
	return r.sendFile(hash, name, size)
}

// sendFile streams a stored file, or the one range of it that is asked for.
func (r *request) sendFile(hash, name string, size int64) error {
	head, err := r.readRange(hash, 0, min(size, files.SniffLength))
	if err != nil {
		return err
	}
	for header, value := range files.TypeOf(name, head).Headers(path.Base(name)) {
		r.Set(header, value)
	}
	r.Set(fiber.HeaderAcceptRanges, "bytes")
	offset, length, status := int64(0), size, fiber.StatusOK
	if wanted := r.Get(fiber.HeaderRange); wanted != "" {
		from, to, ok := parseRange(wanted, size)
		if !ok {
			r.Set(fiber.HeaderContentRange, "bytes */"+strconv.FormatInt(size, 10))
			return r.SendStatus(fiber.StatusRequestedRangeNotSatisfiable)
		}
		offset, length, status = from, to-from+1, fiber.StatusPartialContent
		r.Set(fiber.HeaderContentRange, "bytes "+strconv.FormatInt(from, 10)+"-"+strconv.FormatInt(to, 10)+"/"+strconv.FormatInt(size, 10))
	}
	content, _, err := r.site().Files.Open(context.WithoutCancel(r.ctx()), hash, offset, length)
	if err != nil {
		return err
	}
	r.Status(status)
	return r.SendStream(content, int(length)) // fasthttp closes it
}

// ownFile gives learners what they uploaded at a block, to nobody else.
func (r *request) ownFile() error {
	block, err := r.block()
	if err != nil {
		return err
	}
	part, err := r.site().Files.Part(r.ctx(), r.person.Learner, block.Usage.String(), r.param("hash"))
	if errors.Is(err, files.ErrNotFound) || r.person.Learner == "" {
		return errNotFound
	}
	if err != nil {
		return err
	}
	return r.sendUpload(part.Hash, part.Name, part.Type, part.Size)
}

// sendUpload sends what a learner uploaded, always to be saved and never to be shown: on this site's origin it has no rights.
func (r *request) sendUpload(hash, name, mediaType string, size int64) error {
	content, _, err := r.site().Files.Open(context.WithoutCancel(r.ctx()), hash, 0, size)
	if errors.Is(err, files.ErrNotFound) || errors.Is(err, files.ErrHash) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	for header, value := range (files.Type{MIME: mediaType, Display: files.Download}).Headers(name) {
		r.Set(header, value)
	}
	r.Set(fiber.HeaderCacheControl, "private, no-store")
	return r.SendStream(content, int(size)) // fasthttp closes it
}

func (r *request) readRange(hash string, offset, length int64) ([]byte, error) {
	content, _, err := r.site().Files.Open(r.ctx(), hash, offset, length)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	return io.ReadAll(content)
}

// parseRange reads one range; several at once are not served.
func parseRange(header string, size int64) (from, to int64, ok bool) {
	spec, found := strings.CutPrefix(header, "bytes=")
	if !found || strings.Contains(spec, ",") {
		return 0, 0, false
	}
	first, last, found := strings.Cut(spec, "-")
	if !found {
		return 0, 0, false
	}
	if first == "" { // the last n bytes
		n, err := strconv.ParseInt(last, 10, 64)
		if err != nil || n <= 0 || size == 0 {
			return 0, 0, false
		}
		return max(0, size-n), size - 1, true
	}
	from, err := strconv.ParseInt(first, 10, 64)
	if err != nil || from < 0 || from >= size {
		return 0, 0, false
	}
	to = size - 1
	if last != "" {
		if to, err = strconv.ParseInt(last, 10, 64); err != nil || to < from {
			return 0, 0, false
		}
		to = min(to, size-1)
	}
	return from, to, true
}
