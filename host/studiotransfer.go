package host

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course/transfer"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// studioTransferRoutes are the addresses where courses come in and go out.
func studioTransferRoutes() []Route {
	const bring, take = studioPages + "/import", studioPages + "/export"
	return []Route{
		{Method: "GET", Path: bring, Who: Authors, Kind: Page, Handle: (*request).studioImports},
		{Method: "POST", Path: bring, Who: Authors, Kind: Page, Handle: (*request).studioBring, Uploads: true, Takes: (*request).archiveUploads},
		{Method: "GET", Path: bring + "/:transfer", Who: Authors, Kind: Page, Handle: (*request).studioImport},
		{Method: "GET", Path: bring + "/:transfer/report.csv", Who: Authors, Kind: File, Handle: (*request).studioImportSheet},
		{Method: "GET", Path: bring + "/:transfer/state", Who: Authors, Kind: Data, Handle: (*request).studioTransferState},
		{Method: "POST", Path: bring + "/:transfer", Who: Authors, Kind: Page, Handle: (*request).studioImportDo},
		{Method: "GET", Path: take, Who: Authors, Kind: Page, Handle: (*request).studioExports},
		{Method: "POST", Path: take, Who: Authors, Kind: Page, Handle: (*request).studioTake},
		{Method: "GET", Path: take + "/:transfer/state", Who: Authors, Kind: Data, Handle: (*request).studioTransferState},
		{Method: "GET", Path: take + "/:transfer/archive", Who: Authors, Kind: File, Handle: (*request).studioArchive},
	}
}

// transferRate bounds how often somebody brings archives or takes courses: each is work for minutes.
var transferRate = ports.Rate{Events: 30, Period: transferPeriod}

const (
	transferPeriod  = 60 * 60 * 1e9
	recentTransfers = 20
)

// transferTexts are the words of the pages where something comes in or goes out, where they differ between courses and libraries.
type transferTexts struct{ r *request }

// Text words one of them.
func (t transferTexts) Text(name string, args ...any) string {
	if t.r.course.Library() {
		name = "library_" + name
	}
	return t.r.words.T("transfers."+name, args...)
}

// transfersBody is the page where courses or libraries come in or go out.
type transfersBody struct {
	Action string
	Texts  transferTexts
	// Secrets are offered on the way out, to instructors alone; of a library Backup, another form.
	Secrets, Backup bool
	Recent          []transferRow
	// Working is where a script asks how far the newest is; "" when nothing is under way.
	Working string
}

type transferRow struct {
	Link, Name, State, By, Size, Step string
	At                                *instant
	// Works says that it is under way, Bad that it failed; Trouble says why.
	Works, Bad  bool
	Trouble     string
	Notes       []string
	Done, Total int
}

// archiveUploads takes one archive.
func (r *request) archiveUploads() *wire.Uploads {
	return &wire.Uploads{Files: 1, Bytes: min(transfer.MaxArchive, maxUpload), Kinds: []string{".gz", ".tgz", ".zip", ".tar"}}
}

func (r *request) transferRow(one *transfer.Transfer, by func(string) (string, error)) (transferRow, error) {
	row := transferRow{
		Name: one.Name, State: r.words.T("transfers.state_" + string(one.State)), At: r.instant(one.At), Works: one.State.Works(),
		Bad: one.State == transfer.Failed, Done: one.Done, Total: one.Total, Notes: one.Notes,
	}
	if one.Size > 0 {
		row.Size = r.words.Bytes(one.Size)
	}
	switch texts := (transferTexts{r}); {
	case one.Step == "export":
		row.Step = texts.Text("step_export")
	case one.Step != "":
		row.Step = r.words.T("transfers.step_" + one.Step)
	}
	switch texts := (transferTexts{r}); one.Why {
	case "":
	case transfer.WhyStale:
		row.Trouble = texts.Text("why_stale")
	default:
		row.Trouble = r.words.T("transfers.why_"+one.Why, one.Trouble)
	}
	row.Link = r.studioPath() + "/import/" + one.ID
	if one.Kind == transfer.Out {
		row.Link = ""
		if one.State == transfer.Done {
			row.Link = r.studioPath() + "/export/" + one.ID + "/archive"
		}
	}
	var err error
	row.By, err = by(one.By)
	return row, err
}

// transferRows are the newest of a kind, and where a script asks after those that are under way.
func (r *request) transferRows(kind transfer.Kind, path string) (rows []transferRow, working string, err error) {
	recent, err := r.site().Transfers.Recent(r.ctx(), r.course, kind, recentTransfers)
	if err != nil {
		return nil, "", err
	}
	by := r.authors()
	for i := range recent {
		row, err := r.transferRow(&recent[i], by)
		if err != nil {
			return nil, "", err
		}
		if row.Works && working == "" {
			working = path + "/" + recent[i].ID + "/state"
		}
		rows = append(rows, row)
	}
	return rows, working, nil
}

func (r *request) studioImports() error { return r.showImports(fiber.StatusOK, nil) }

func (r *request) showImports(status int, focus *notice) error {
	body := &transfersBody{Action: r.studioPath() + "/import", Texts: transferTexts{r}}
	var err error
	if body.Recent, body.Working, err = r.transferRows(transfer.In, body.Action); err != nil {
		return err
	}
	return r.showStudio(status, "studio_imports.html", "import", page{Title: body.Texts.Text("import"), Body: body, Focus: focus})
}

// studioBring takes an archive in; workers look at it, and nothing of the course changes yet.
func (r *request) studioBring() error {
	received, err := r.received(r.archiveUploads())
	if err == nil && len(received) == 0 {
		err = fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("transfers.none_chosen"))
	}
	if err == nil {
		err = r.slowTransfer()
	}
	var one transfer.Transfer
	if err == nil {
		if one, err = r.bring(r.course, &received[0]); err != nil {
			return err
		}
	}
	var refused *fiber.Error
	switch at := r.studioPath() + "/import/" + one.ID; {
	case err != nil && (!errors.As(err, &refused) || refused.Code == fiber.StatusNotFound):
		return err
	case err != nil && r.wantsData():
		return r.Status(refused.Code).JSON(fiber.Map{"error": refused.Message})
	case err != nil:
		return r.showImports(refused.Code, &notice{Kind: "bad", Text: refused.Message})
	case r.wantsData():
		return r.JSON(fiber.Map{"location": at})
	default:
		return r.Redirect(at, fiber.StatusSeeOther)
	}
}

// bring stores an archive and lets workers look at it.
func (r *request) bring(into keyCourse, archive *spooledFile) (transfer.Transfer, error) {
	stored, err := r.site().Files.Store(r.ctx(), archive.Spooled)
	if err != nil {
		return transfer.Transfer{}, err
	}
	return r.site().Transfers.Bring(r.ctx(), into, r.user.ID, r.author().Runs, archive.name, stored)
}

// slowTransfer refuses who begins too many.
func (r *request) slowTransfer() error {
	wait, over, err := r.bounded("transfer:"+r.user.ID, transferRate)
	if err != nil || !over {
		return err
	}
	return fiber.NewError(fiber.StatusTooManyRequests, r.slowText(wait))
}

// transfer finds the transfer that the address names.
func (r *request) transfer(kind transfer.Kind) (transfer.Transfer, error) {
	one, err := r.site().Transfers.Get(r.ctx(), r.course, r.param("transfer"))
	if errors.Is(err, transfer.ErrNotFound) || err == nil && one.Kind != kind {
		return one, errNotFound
	}
	return one, err
}

// studioTransferState tells a script how far a transfer is.
func (r *request) studioTransferState() error {
	kind := transfer.In
	if strings.HasPrefix(r.route.Path, studioPages+"/export") {
		kind = transfer.Out
	}
	one, err := r.transfer(kind)
	if err != nil {
		return err
	}
	row, err := r.transferRow(&one, func(string) (string, error) { return "", nil })
	if err != nil {
		return err
	}
	said := row.State
	if row.Step != "" {
		said = row.Step
	}
	r.Set(fiber.HeaderCacheControl, "private, no-store")
	return r.JSON(fiber.Map{"works": row.Works, "text": said, "done": row.Done, "total": row.Total})
}

// studioImportDo goes on with an import, or takes it back.
func (r *request) studioImportDo() error {
	if _, err := r.transfer(transfer.In); err != nil {
		return err
	}
	if do := r.form("do"); do == "agree" || do == "undo" {
		if needed, err := r.reviewNeeded(); err != nil || needed && !r.mayPublishAlone() {
			if err == nil {
				err = fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("studio_talk.wrong_import"))
			}
			return err
		}
	}
	turns := r.site().Transfers
	agree := func(ctx context.Context, run keyCourse, id string) (transfer.Transfer, error) {
		return turns.Agree(ctx, run, id, r.author().Runs)
	}
	turn, known := map[string]func(context.Context, keyCourse, string) (transfer.Transfer, error){
		"agree": agree, "drop": turns.Drop, "again": turns.Again, "undo": turns.Undo,
	}[r.form("do")]
	if !known {
		return fiber.ErrBadRequest
	}
	one, err := turn(r.ctx(), r.course, r.param("transfer"))
	if errors.Is(err, transfer.ErrState) { // somebody else was faster: the page shows what is now
		err = nil
		one.ID = r.param("transfer")
	}
	if err != nil {
		return err
	}
	return r.Redirect(r.studioPath()+"/import/"+one.ID, fiber.StatusSeeOther)
}

func (r *request) studioExports() error { return r.showExports(fiber.StatusOK, nil) }

func (r *request) showExports(status int, focus *notice) error {
	library := r.course.Library()
	body := &transfersBody{Action: r.studioPath() + "/export", Texts: transferTexts{r}, Secrets: !library && maySwitchApps(r.person), Backup: library}
	var err error
	if body.Recent, body.Working, err = r.transferRows(transfer.Out, body.Action); err != nil {
		return err
	}
	return r.showStudio(status, "studio_exports.html", "export", page{Title: body.Texts.Text("export"), Body: body, Focus: focus})
}

// studioTake lets workers take the course out. Keys and passports go along for instructors alone, who ask for it (security R12).
func (r *request) studioTake() error {
	secrets := r.form("secrets") != ""
	if secrets && !maySwitchApps(r.person) {
		return fiber.NewError(fiber.StatusForbidden, r.words.T("transfers.secrets_limited"))
	}
	if err := r.slowTransfer(); err != nil {
		return err
	}
	how := transfer.Taking{Drafts: r.form("drafts") != "", Secrets: secrets, Backup: r.form("form") == "backup"}
	if _, err := r.site().Transfers.Take(r.ctx(), r.course, r.user.ID, how); err != nil {
		return err
	}
	return r.Redirect(r.studioPath()+"/export", fiber.StatusSeeOther)
}

// studioArchive sends what was taken out; an archive with keys to instructors alone.
func (r *request) studioArchive() error {
	one, err := r.transfer(transfer.Out)
	if err != nil {
		return err
	}
	if one.State != transfer.Done || one.Secrets && !maySwitchApps(r.person) {
		return errNotFound
	}
	content, _, err := r.site().Files.Open(context.WithoutCancel(r.ctx()), one.Archive, 0, -1)
	if errors.Is(err, files.ErrNotFound) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	name, ending, kind := strings.TrimSuffix(r.course.Org+"+"+r.course.Number+"+"+r.course.Run, "+"), ".tar.gz", "application/gzip"
	if one.Backup {
		ending, kind = ".zip", "application/zip"
	}
	r.Set(fiber.HeaderContentType, kind)
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="`+sheetName(name)+ending+`"; filename*=UTF-8''`+url.PathEscape(name+ending))
	r.Set(fiber.HeaderCacheControl, "private, no-store")
	return r.SendStream(content, int(one.Size)) // fasthttp closes it
}

// mostShown bounds what a report shows of one list; the table to keep has all.
const mostShown = 300

// shorten clips a list for a page and tells how much there is.
func shorten[T any](list []T) ([]T, int) {
	return slices.Clip(list[:min(len(list), mostShown)]), len(list)
}
