package host

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// own are the form fields of the host; blocks never see them.
var own = map[string]bool{"token": true, "request": true, "sitting": true, "handler": true}

// requestIDPattern is what a request id looks like: 128 bits in hexadecimal.
var requestIDPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)

func newRequestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// blockForm takes a block's form, by script or by a browser without one.
func (r *request) blockForm() error {
	block, err := r.block()
	if err != nil {
		return err
	}
	call := kernel.Request{
		Handler: r.form("handler"), As: r.actsAs(block, r.form("handler")), ID: r.form("request"), Sitting: r.form("sitting"),
	}
	if !requestIDPattern.MatchString(call.ID) {
		return wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "%s", r.words.T("error.stale_form"))
	}
	if call.Handler == wire.HandlerReveal {
		return r.reveal(block)
	}
	if call.HTTP, err = r.formOf(block); err != nil {
		return r.handleFailed(block, err, &call)
	}
	call.BodyHash = state.BodyHash(append([]byte(call.Handler+"\x00"+call.Sitting+"\x00"), r.formDigest(&call.HTTP)...))
	verdicts, stop := r.verdicts()
	defer stop()
	response, err := r.kernel().Handle(r.ctx(), r.person, r.published, block, call)
	if err != nil {
		return r.handleFailed(block, err, &call)
	}
	waiting := false
	if response.Submission != "" {
		waiting = !r.awaitVerdict(response.Submission, verdicts)
	}
	return r.answerForm(block, response, waiting)
}

// actsAs is the role in which the person calls a handler: the one that the view carries from which it is called, which the page
// tells and no frame can. Staff act as staff in views that are for staff alone; every other view carries a learner's rights,
// whoever looks at it, since a frame may press its buttons itself (security R3). What only asks takes nobody's rights along into a
// frame: staff get it as staff where it is not for learners.
func (r *request) actsAs(block *course.Block, handler string) wire.Role {
	handles := func(role wire.Role) bool {
		return r.person.May(role) && r.kernel().Handles(r.ctx(), block.Usage.Type, handler, role)
	}
	asks := !unsafeMethod(r.Method()) && !handles(wire.RoleLearner)
	if (asks || r.staffAsk(block)) && handles(wire.RoleStaff) {
		return wire.RoleStaff
	}
	return wire.RoleLearner
}

// staffAsk reports whether the call comes from a view of the block that is for staff alone.
func (r *request) staffAsk(block *course.Block) bool {
	at := r.viewAsked()
	if at.View == "" || r.working != nil { // Studio shows views by itself, for no rights but a look
		return false
	}
	name, err := r.viewName(block, at)
	return err == nil && r.kernel().StaffAlone(r.ctx(), block.Usage.Type, name)
}

// formOf reads the form's values and stores its files.
func (r *request) formOf(block *course.Block) (wire.HTTP, error) {
	in := wire.HTTP{Method: fiber.MethodPost}
	var err error
	if in.Form, err = r.formValues(); err != nil || !r.multipart() {
		return in, err
	}
	if err := r.spoolForm(block); err != nil {
		return in, err
	}
	for _, upload := range r.uploaded.files {
		if !r.mayUpload(block) {
			return in, errNotFound
		}
		file, err := r.keep(block, upload)
		if err != nil {
			return in, err
		}
		in.Files = append(in.Files, file)
	}
	return in, nil
}

// multipart reports whether the body is a form that may carry files.
func (r *request) multipart() bool {
	return strings.HasPrefix(r.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm)
}

// formValues are the form's values without the host's own fields.
func (r *request) formValues() (map[string][]string, error) {
	values := map[string][]string{}
	if !r.multipart() {
		r.Request().PostArgs().VisitAll(func(name, value []byte) {
			if !own[string(name)] {
				values[string(name)] = append(values[string(name)], string(value))
			}
		})
		return values, nil
	}
	all, err := r.multipartValues()
	if err != nil {
		return nil, fiber.ErrBadRequest
	}
	for name, list := range all {
		if !own[name] {
			values[name] = list
		}
	}
	return values, nil
}

// multipartValues are what was typed into a form that may carry files.
func (r *request) multipartValues() (map[string][]string, error) {
	if r.uploaded != nil {
		return r.uploaded.values, nil
	}
	form, err := r.MultipartForm()
	if err != nil {
		return nil, err
	}
	return form.Value, nil
}

// uploadRate bounds one person's uploads: what is stored stays for a day even where nothing comes of it.
var uploadRate = ports.Rate{Events: 60, Period: 10 * time.Minute}

// authorsUploadRate bounds what an author uploads to his courses, many files at once.
var authorsUploadRate = ports.Rate{Events: 2000, Period: 10 * time.Minute}

// mayUpload reports whether anything is stored for the person at all: enrolled, and a handler that would be called.
func (r *request) mayUpload(block *course.Block) bool {
	return r.user != nil && r.person.Role() != wire.RoleVisitor && !r.person.ReadOnly &&
		r.kernel().Handles(r.ctx(), block.Usage.Type, r.form("handler"), r.actsAs(block, r.form("handler")))
}

// keep stores an upload, private to the learner and the graders.
func (r *request) keep(block *course.Block, upload spooledFile) (wire.File, error) {
	part, err := r.site().Files.PutSpooled(r.ctx(), upload.Spooled, files.Part{
		Owner: r.person.Learner, Run: r.course.String(), Usage: block.Usage.String(), Name: upload.name,
	})
	if errors.Is(err, files.ErrTooMany) {
		return wire.File{}, fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("upload.quota"))
	}
	if err != nil {
		return wire.File{}, err
	}
	return wire.File{Input: upload.input, Name: part.Name, Type: part.Type, Size: part.Size, Hash: part.Hash}, nil
}

// formDigest is what makes two posts of one form equal: every value, in the order of the names.
func (r *request) formDigest(in *wire.HTTP) []byte {
	var out []byte
	for _, name := range slices.Sorted(maps.Keys(in.Form)) {
		for _, value := range in.Form[name] {
			out = fmt.Appendf(out, "%d:%s=%d:%s;", len(name), name, len(value), value)
		}
	}
	for _, file := range in.Files {
		out = fmt.Appendf(out, "file %s %s;", file.Input, file.Hash)
	}
	return append(out, in.Body.Data...)
}

// verdicts listens for the learner's verdicts before the answer is handed in, so that none is missed.
func (r *request) verdicts() (<-chan ports.Message, func()) {
	ctx, cancel := context.WithCancel(r.ctx())
	if r.server.config.Bus == nil || r.person.Learner == "" {
		return nil, cancel
	}
	messages, err := r.server.config.Bus.Subscribe(ctx, scoring.LearnerTopic(r.person.Learner))
	if err != nil { // the page asks by itself
		r.server.config.Log.Warn("verdicts cannot be listened for", "error", err)
		return nil, cancel
	}
	return messages, cancel
}

// pollEvery is how often a delivery is looked at while nobody tells of verdicts.
const pollEvery = 100 * time.Millisecond

// awaitVerdict waits a moment for the verdict, so that an easy answer feels immediate; false when it takes longer.
func (r *request) awaitVerdict(submission string, verdicts <-chan ports.Message) bool {
	deadline := time.NewTimer(r.server.config.VerdictWait)
	defer deadline.Stop()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		delivery, err := r.kernel().Scorer().Delivery(r.ctx(), submission)
		if err == nil && delivery.State != scoring.StateWaiting && delivery.State != scoring.StateLeased {
			return true
		}
		select {
		case message, open := <-verdicts:
			if !open {
				verdicts = nil
			}
			if strings.HasSuffix(message.ID, " "+submission) {
				return true
			}
		case <-poll.C:
			if verdicts != nil && delivery.State != "" {
				continue
			}
		case <-deadline.C:
			return false
		case <-r.server.stopping:
			return false
		}
	}
}

// answerForm shows what came of a form: the block's fresh view to a script, the page again to a browser without one.
func (r *request) answerForm(block *course.Block, response *kernel.Response, waiting bool) error {
	message := response.Message
	if waiting {
		message = r.words.T("verdict.waiting")
	}
	if !r.wantsData() {
		return r.Redirect(r.replyLink(block, response.Location), fiber.StatusSeeOther)
	}
	html, err := r.freshView(block, r.viewAsked())
	if err != nil {
		return err
	}
	answer := fiber.Map{"html": html, "message": message, "waiting": waiting}
	if response.Location != "" {
		answer["location"] = r.replyLink(block, response.Location)
	}
	return r.data(fiber.StatusOK, answer)
}

// freshView renders one block anew for the person.
func (r *request) freshView(block *course.Block, at viewAt) (string, error) {
	shown, err := r.renderAt(block, at)
	if err != nil {
		return "", err
	}
	html, err := r.blockHTMLAt(shown, r.token(), at)
	return string(html), err
}

// typed is what a refused form held, so that nothing typed is lost.
type typed struct {
	Notice notice
	Back   string
	Values []string
}

// handleFailed tells what went wrong. A browser without scripts gets what was typed back on the page.
func (r *request) handleFailed(block *course.Block, err error, call *kernel.Request) error {
	if r.wantsData() || block.Unit == nil && !kernel.IsApp(block) {
		return err
	}
	status, text := r.server.explain(r, err)
	if status >= 500 || status == fiber.StatusNotFound {
		return err
	}
	p := page{Title: r.blockTitle(block)}
	if !r.course.IsZero() {
		p.Course = r.coursePart("unit")
	}
	return r.showTyped(status, p, &typed{
		Notice: notice{Kind: "bad", Text: text}, Back: r.replyLink(block, ""), Values: typedValues(call.HTTP.Form),
	})
}

func (r *request) showTyped(status int, p page, body *typed) error {
	p.Body = body
	return r.showStatus(status, "typed.html", p)
}

// typedValues are what somebody typed or chose, in the order of the inputs' names.
func typedValues(form map[string][]string) []string {
	var values []string
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
			if value != "" {
				values = append(values, value)
			}
		}
	}
	return values
}

// refusedForm shows what a form held that came with the token of another sign-in, to a browser without scripts. Its page is
// where one goes back to: it was ours, since the Origin was.
func (r *request) refusedForm(status int, text string) error {
	form, err := r.formValues()
	if err != nil {
		return err
	}
	return r.showTyped(status, page{Title: text}, &typed{Notice: notice{Kind: "bad", Text: text}, Back: r.camefrom("/"), Values: typedValues(form)})
}

// camefrom is the page of ours that a form was sent from, where the browser tells.
func (r *request) camefrom(otherwise string) string {
	if from, err := url.Parse(r.Get(fiber.HeaderReferer)); err == nil && from.Scheme+"://"+from.Host == r.server.origin() {
		return localPath(from.RequestURI())
	}
	return otherwise
}

// reveal shows the answer when the rules allow it: to a script by itself, else on a page of its own.
func (r *request) reveal(block *course.Block) error {
	revealed, err := r.kernel().Reveal(r.ctx(), r.person, r.published, block)
	if err != nil {
		return err
	}
	html := r.revealed(block, revealed)
	if !revealed.Inline {
		if html, err = r.framedAnswer(block); err != nil {
			return err
		}
	}
	if r.wantsData() {
		fresh, err := r.freshView(block, r.viewAsked())
		if err != nil {
			return err
		}
		answer, err := r.answerHTML(block, html)
		if err != nil {
			return err
		}
		return r.data(fiber.StatusOK, fiber.Map{"html": fresh, "answer": answer})
	}
	return r.showAnswer(block, html)
}

// blockView gives a block's fresh view to a script.
func (r *request) blockView() error {
	block, err := r.block()
	if err != nil {
		return err
	}
	if block.Unit == nil && !kernel.IsApp(block) {
		return errNotFound
	}
	html, err := r.freshView(block, viewAt{})
	if err != nil {
		return err
	}
	return r.data(fiber.StatusOK, fiber.Map{"html": html})
}

// blockHandler calls a handler for a block's own script: JSON in, the handler's answer out. A GET changes nothing.
func (r *request) blockHandler() error {
	block, err := r.block()
	if err != nil {
		return err
	}
	body := append([]byte(nil), r.Body()...)
	if len(body) > wire.MaxBody {
		return fiber.ErrRequestEntityTooLarge
	}
	call := kernel.Request{
		Handler: r.param("handler"), As: r.actsAs(block, r.param("handler")), Sitting: r.Get("X-Quoin-Sitting"), ID: r.Get("X-Quoin-Request"),
		HTTP: wire.HTTP{Method: r.Method(), Query: r.queries(), ContentType: r.Get(fiber.HeaderContentType), Body: wire.Blob{Data: body}},
	}
	if strings.HasPrefix(call.Handler, "@") {
		return errNotFound
	}
	if call.ID != "" && !requestIDPattern.MatchString(call.ID) {
		return wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "X-Quoin-Request must be 32 hexadecimal digits")
	}
	if r.person.Role() == wire.RoleVisitor && call.As == wire.RoleLearner {
		call.As = wire.RoleVisitor
	}
	call.BodyHash = state.BodyHash([]byte(call.Handler), body)
	response, err := r.kernel().Handle(r.ctx(), r.person, r.published, block, call)
	if err != nil {
		return err
	}
	return r.sendReply(block, &response.HandleReply)
}
