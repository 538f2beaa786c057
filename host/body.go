package host

import (
	"errors"
	"io"
	"mime/multipart"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Bounds of uploads.
const (
	// maxUpload bounds one file, whatever a block's author allows.
	maxUpload = 1 << 30
	// listened is how much more than a block takes is read and thrown away, so that a browser hears that it is too much.
	listened = 64 << 20
	// maxUploading ends an upload that takes longer. What stands still for readTimeout ends before.
	maxUploading = time.Hour
)

// takeBody brings a request's body in: into memory up to maxBody, or, where a block takes files and the form may hold large ones,
// part by part with the files on disk. Nobody's body is read any further, and what is left ends the connection (see unread).
func (r *request) takeBody() error {
	request := r.Request()
	if !request.IsBodyStream() {
		return nil
	}
	length := request.Header.ContentLength()
	if r.route.Uploads && r.multipart() && (length < 0 || length > maxBody) {
		if limits := r.uploadsTaken(); limits != nil {
			return r.takeUpload(limits, length)
		}
	}
	if length > maxBody {
		if length <= 4*maxBody { // a browser that is still sending would not hear the answer
			_, _ = io.Copy(io.Discard, request.BodyStream())
		}
		return fiber.ErrRequestEntityTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(request.BodyStream(), maxBody+1))
	switch {
	case err != nil:
		return fiber.ErrBadRequest
	case len(body) > maxBody:
		return fiber.ErrRequestEntityTooLarge
	}
	request.SetBodyRaw(body)
	return nil
}

// unread ends the connection of a request whose body was not read to its end: what follows would be taken for another request.
func unread(c *fiber.Ctx) {
	if c.Request().IsBodyStream() && c.Request().Header.ContentLength() != 0 {
		c.Context().SetConnectionClose()
	}
}

// uploadsTaken is what the block that the address names takes of files from the person, nil for nothing. It is asked before
// anything of a large form is read, so the form's token is not known yet; the Origin is.
func (r *request) uploadsTaken() *wire.Uploads {
	if r.user == nil || r.Get(fiber.HeaderOrigin) != r.server.origin() || r.param("course") == "" && r.route.Takes == nil {
		return nil
	}
	if r.route.Takes != nil {
		if r.param("course") != "" && r.inStudio() != nil { // without a course, Takes itself says who may
			return nil
		}
		return r.route.Takes(r)
	}
	if r.inCourse() != nil {
		return nil
	}
	block, err := r.block()
	if err != nil || r.person.ReadOnly || r.person.Role() == wire.RoleVisitor {
		return nil
	}
	return block.Facts.Uploads
}

// uploaded is a form whose files stand on disk. They are gone with the request.
type uploaded struct {
	values map[string][]string
	files  []spooledFile
	// wrong is why the files are not taken, nil where they are; what was typed is there all the same.
	wrong error
}

type spooledFile struct {
	input, name string
	*files.Spooled
}

func (u *uploaded) close() {
	for _, file := range u.files {
		_ = file.Close() // it has no name any more; the space is free when the process lets go of it
	}
}

// takeUpload reads a large form. The first thing that is wrong with its files is told once the rest was read, as far as any form
// may reach: a browser that is still sending would not listen.
func (r *request) takeUpload(limits *wire.Uploads, length int) error {
	most := int64(limits.Files+1)*min(limits.Bytes, maxUpload) + maxBody
	from := &patient{r: r, from: io.LimitReader(r.Request().BodyStream(), most+listened), until: time.Now().Add(maxUploading)}
	if int64(length) > most {
		_, _ = io.Copy(io.Discard, from) // a browser that sends more than that is cut off
		return r.tooLarge("", limits)
	}
	r.uploaded = &uploaded{values: map[string][]string{}}
	wrong, err := readForm(from, string(r.Request().Header.MultipartFormBoundary()), maxBody, r.uploaded.values, func(input, name string, file io.Reader) error {
		// The form's own fields come first, in a page and in a script alike.
		if !r.site().People.CheckCSRF(r.binding, r.form("token")) {
			return errStaleForm
		}
		return r.spool(limits, input, name, file)
	})
	r.uploaded.wrong = wrong
	return err
}

// partOverhead is what a part of a form is counted for beside its name and its value: empty ones take memory as well.
const partOverhead = 64

// readForm reads a form part by part: what was typed into values, as much as takes so many bytes of memory, and each file by take.
// wrong is the first error of take; no file is taken after it, and the rest of the form is read all the same.
func readForm(from io.Reader, boundary string, most int, values map[string][]string, take func(input, name string, file io.Reader) error) (wrong, err error) {
	body := multipart.NewReader(from, boundary)
	for typed := 0; ; {
		part, err := body.NextRawPart()
		if errors.Is(err, io.EOF) {
			return wrong, nil
		}
		if err != nil {
			return wrong, fiber.ErrBadRequest
		}
		if part.FileName() == "" {
			value, err := io.ReadAll(io.LimitReader(part, int64(most-typed)+1))
			if err != nil {
				return wrong, fiber.ErrBadRequest
			}
			if typed += len(value) + len(part.FormName()) + partOverhead; typed > most {
				return wrong, fiber.ErrRequestEntityTooLarge
			}
			values[part.FormName()] = append(values[part.FormName()], string(value))
			continue
		}
		if wrong == nil {
			wrong = take(part.FormName(), part.FileName(), part)
		}
		if _, err := io.Copy(io.Discard, part); err != nil {
			return wrong, fiber.ErrBadRequest
		}
	}
}

// patient reads from a client that may be slow and must not stand still.
type patient struct {
	r     *request
	from  io.Reader
	until time.Time
}

func (p *patient) Read(b []byte) (int, error) {
	now := time.Now()
	if now.After(p.until) {
		return 0, fiber.ErrRequestTimeout
	}
	if err := p.r.Context().Conn().SetReadDeadline(now.Add(readTimeout)); err != nil {
		return 0, err
	}
	return p.from.Read(b)
}

// spool reads one file of a form and looks whether it may be given here. limits nil are the host's own.
func (r *request) spool(limits *wire.Uploads, input, name string, from io.Reader) error {
	if limits == nil {
		limits = &wire.Uploads{Files: wire.MaxUploads, Bytes: maxBody}
	}
	name = files.CleanName(name)
	if len(limits.Kinds) > 0 && !slices.Contains(limits.Kinds, strings.ToLower(path.Ext(name))) {
		return fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("upload.kind", name, strings.Join(limits.Kinds, ", ")))
	}
	if len(r.uploaded.files) >= limits.Files {
		return fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("upload.many", limits.Files))
	}
	rate := uploadRate
	if r.route.Takes != nil {
		rate = authorsUploadRate
	}
	wait, over, err := r.bounded("upload:"+r.user.ID, rate)
	if err != nil {
		return err
	}
	if over {
		return fiber.NewError(fiber.StatusTooManyRequests, r.slowText(wait))
	}
	read, err := r.site().Files.Spool(r.ctx(), from, min(limits.Bytes, maxUpload))
	if errors.Is(err, files.ErrTooLarge) {
		return r.tooLarge(name, limits)
	}
	if err != nil {
		return fiber.ErrBadRequest // the client went away
	}
	switch {
	case read.Size == 0:
		return read.Close()
	case len(limits.Kinds) > 0 && !files.Fits(name, read.Head):
		_ = read.Close()
		return fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("upload.content", name))
	}
	r.uploaded.files = append(r.uploaded.files, spooledFile{input, name, read})
	return nil
}

func (r *request) tooLarge(name string, limits *wire.Uploads) error {
	most := r.words.Bytes(min(limits.Bytes, maxUpload))
	if name == "" {
		return fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("upload.all", limits.Files, most))
	}
	return fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("upload.large", name, most))
}

// spoolForm reads the files of a form that came in whole.
func (r *request) spoolForm(block *course.Block) error {
	return r.spoolFiles(block.Facts.Uploads, func() bool { return r.mayUpload(block) })
}

// spoolFiles reads the files of a form that came in whole, as far as limits and may allow.
func (r *request) spoolFiles(limits *wire.Uploads, may func() bool) error {
	if r.uploaded != nil {
		return r.uploaded.wrong
	}
	form, err := r.MultipartForm()
	if err != nil {
		return fiber.ErrBadRequest
	}
	r.uploaded = &uploaded{values: form.Value}
	var names []string
	for name := range form.File {
		names = append(names, name)
	}
	slices.Sort(names) // in one order, so that a form that comes again is the same
	for _, name := range names {
		for _, upload := range form.File[name] {
			if upload.Filename == "" || upload.Size == 0 {
				continue
			}
			if !may() {
				return errNotFound
			}
			content, err := upload.Open()
			if err != nil {
				return err
			}
			err = r.spool(limits, name, upload.Filename, content)
			if closing := content.Close(); err == nil {
				err = closing
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
