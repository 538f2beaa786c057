package host

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/sheet"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/transfer"
	"github.com/quoin-lms/quoin/runtime/files"
)

type keyCourse = key.Course

// importBody is the page of one import.
type importBody struct {
	Action, CSV, State string
	Row                transferRow
	// Ready asks for a yes, Failed offers to look again, Done and Undone tell what came of it.
	Ready, Failed, MayAgain, Done, Undone bool
	Report                                *importReport
	Broken                                []string
	Aside                                 string
	Left                                  []string
}

// importReport is what an import would do, or did.
type importReport struct {
	Title, Suggested string
	// Counts say it in short.
	Counts []string
	// Nothing says that the archive is what the course is already.
	Nothing bool
	Filter  string
	Filters filterPart
	Lines   []reportLine
	// More is how many lines there are besides.
	More string
}

// reportLine is one thing that an import would do or that was found.
type reportLine struct {
	Group, Did, What, Place, Detail, At string
	Warn                                bool
}

// reportGroups are the parts of a report in their order.
var reportGroups = []string{"scores", "drafts", "blocks", "files", "pages", "settings", "findings"}

func (r *request) studioImport() error {
	one, err := r.transfer(transfer.In)
	if err != nil {
		return err
	}
	body := &importBody{
		Action: r.studioPath() + "/import/" + one.ID, Ready: one.State == transfer.Ready, Failed: one.State == transfer.Failed, Done: one.State == transfer.Done,
		Undone: one.State == transfer.Undone, MayAgain: one.State == transfer.Failed && one.FailedIn != transfer.Undoing, Broken: one.Notes, Left: one.Left,
	}
	body.CSV, body.State = body.Action+"/report.csv", body.Action+"/state"
	if body.Row, err = r.transferRow(&one, r.authors()); err != nil {
		return err
	}
	if one.Aside > 0 && body.Done {
		body.Aside = r.words.T("transfers.aside", one.Aside)
	}
	plan, err := r.site().Transfers.Plan(r.ctx(), &one)
	if errors.Is(err, files.ErrNotFound) {
		plan, err = nil, nil
	}
	if err != nil {
		return err
	}
	if plan != nil {
		if body.Report, err = r.importReport(plan, clip(r.Query("show"), 20)); err != nil {
			return err
		}
	}
	return r.showStudio(fiber.StatusOK, "studio_import.html", "import", page{Title: r.words.T("transfers.import"), Body: body})
}

func (r *request) importReport(plan *importer.Plan, show string) (*importReport, error) {
	lines, err := r.reportLines(plan)
	if err != nil {
		return nil, err
	}
	report := &importReport{Title: plan.Title, Filter: show, Nothing: len(lines) == len(plan.Findings)}
	if plan.Suggested != "" && plan.Suggested != r.course.String() {
		report.Suggested = plan.Suggested
	}
	count := map[string]int{}
	for i := range lines {
		count[lines[i].Group]++
	}
	choices := []choice{{Text: r.words.T("transfers.show_all")}}
	var shown []reportLine
	for _, group := range reportGroups {
		if count[group] == 0 {
			continue
		}
		report.Counts = append(report.Counts, r.words.T("transfers.count_"+group, count[group]))
		choices = append(choices, choice{Value: group, Text: r.words.T("transfers.group_" + group)})
	}
	if plan.Same > 0 {
		report.Counts = append(report.Counts, r.words.T("transfers.same", plan.Same))
	}
	if plan.KeptFiles > 0 {
		report.Counts = append(report.Counts, r.words.T("transfers.kept_files", plan.KeptFiles))
	}
	for i := range lines {
		if show == "" || lines[i].Group == show {
			shown = append(shown, lines[i])
		}
	}
	choose(choices, show)
	report.Filters = filterPart{"show", r.words.T("transfers.which"), choices}
	var all int
	if report.Lines, all = shorten(shown); all > len(report.Lines) {
		report.More = r.words.T("transfers.more", all-len(report.Lines))
	}
	return report, nil
}

// reportLines are all lines of a report, the most important first.
func (r *request) reportLines(plan *importer.Plan) ([]reportLine, error) {
	by := r.authors()
	var lines []reportLine
	did := func(d importer.Did) string { return r.words.T("transfers.did_" + string(d)) }
	for i := range plan.Blocks {
		if b := &plan.Blocks[i]; b.Answered > 0 {
			detail := r.words.T("transfers.answered", b.Answered)
			if b.Why != "" {
				detail = r.words.T("studio_why."+b.Why) + " " + detail
			}
			lines = append(lines, reportLine{"scores", did(b.Did), b.Title, r.placeOf(b.Place), detail, fileLine(b.File, b.Line), true})
		}
	}
	for i := range plan.Drafts {
		d := &plan.Drafts[i]
		name, err := by(d.By)
		if err != nil {
			return nil, err
		}
		lines = append(lines, reportLine{"drafts", r.words.T("transfers.set_aside"), d.Title, "", name, r.words.Time(d.At), true})
	}
	for i := range plan.Blocks {
		b := &plan.Blocks[i]
		detail := b.Type
		if len(b.Fields) > 0 {
			detail += ": " + strings.Join(b.Fields, ", ")
		}
		if len(b.Was) > 0 {
			detail += " (" + r.words.T("transfers.was", r.placeOf(b.Was)) + ")"
		}
		lines = append(lines, reportLine{"blocks", did(b.Did), b.Title, r.placeOf(b.Place), detail, fileLine(b.File, b.Line), b.Did == importer.Removes})
	}
	for _, f := range plan.Files {
		lines = append(lines, reportLine{"files", did(f.Did), f.Name, "", r.words.Bytes(f.Size), "", false})
	}
	for _, p := range plan.Pages {
		lines = append(lines, reportLine{"pages", did(p.Did), p.Kind + "/" + p.Slug, "", "", "", false})
	}
	for _, s := range plan.Settings {
		lines = append(lines, reportLine{"settings", did(s.Did), s.Name, "", clip(s.Before, 120) + " → " + clip(s.After, 120), "", false})
	}
	if plan.Grading {
		lines = append(lines, reportLine{"settings", did(importer.Changes), r.words.T("transfers.grading"), "", "", "grading_policy.json", true})
	}
	for _, name := range plan.Unknown {
		lines = append(lines, reportLine{"findings", r.words.T("transfers.level_warning"), name, "", r.words.T("transfers.unknown"), "", true})
	}
	for i := range plan.Findings {
		f := &plan.Findings[i]
		detail := f.Message
		if f.Fix != "" {
			detail += "; " + f.Fix
		}
		lines = append(lines, reportLine{"findings", r.words.T("transfers.level_" + string(f.Level)), f.Block, "", detail, fileLine(f.File, f.Line), f.Level != "hint"})
	}
	return lines, nil
}

func (r *request) placeOf(titles []string) string { return strings.Join(titles, " › ") }

// fileLine is a place in an archive.
func fileLine(file string, line int) string {
	if file == "" || line == 0 {
		return file
	}
	return file + ":" + strconv.Itoa(line)
}

// studioImportSheet is the report as a table to keep.
func (r *request) studioImportSheet() error {
	one, err := r.transfer(transfer.In)
	if err != nil {
		return err
	}
	plan, err := r.site().Transfers.Plan(r.ctx(), &one)
	if err != nil && !errors.Is(err, files.ErrNotFound) {
		return err
	}
	if plan == nil {
		return errNotFound
	}
	lines, err := r.reportLines(plan)
	if err != nil {
		return err
	}
	return r.sendSheet(r.course.String()+"-import", func(w *sheet.Writer) error {
		if err := w.Write("part", "did", "what", "place", "detail", "where"); err != nil {
			return err
		}
		for i := range lines {
			l := &lines[i]
			if err := w.Write(l.Group, l.Did, l.What, l.Place, l.Detail, l.At); err != nil {
				return err
			}
		}
		return nil
	})
}
