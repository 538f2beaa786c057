package host

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/sheet"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/transfer"
	"github.com/quoin-lms/quoin/runtime/files"
)

type keyCourse = key.Course

// importBody is the page of one import.
type importBody struct {
	Action, CSV, State string
	Texts              transferTexts
	Row                transferRow
	// Ready asks for a yes, Failed offers to look again, Done and Undone tell what came of it.
	Ready, Failed, MayAgain, Done, Undone bool
	// First says that nothing of the course is published, Outline and Live are where to go on.
	First         bool
	Outline, Live string
	// Heading says of what the report tells: what would be, what is, what was.
	Heading string
	// Retitled says that the course has another title by it, "" where it keeps its own.
	Retitled string
	Report   *importReport
	Broken   []string
	Aside    string
	Left     []string
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
		Action: r.studioPath() + "/import/" + one.ID, Texts: transferTexts{r}, Ready: one.State == transfer.Ready, Failed: one.State == transfer.Failed, Done: one.State == transfer.Done,
		Undone: one.State == transfer.Undone, MayAgain: one.State == transfer.Failed && one.FailedIn != transfer.Undoing,
		First: r.run.Head.Root == "", Outline: r.studioPath(), Heading: r.words.T("transfers.report"),
	}
	body.CSV, body.State = body.Action+"/report.csv", body.Action+"/state"
	if !body.First && !r.course.Library() {
		body.Live = "/courses/" + r.course.String()
	}
	switch {
	case body.Ready:
		body.Heading = r.words.T("transfers.would")
	case body.Done:
		body.Heading = r.words.T("transfers.did_do")
	case body.Undone:
		body.Heading = r.words.T("transfers.had_done")
	}
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
	titles := map[string]string{}
	if plan != nil {
		if body.Report, err = r.importReport(plan, clip(r.Query("show"), 20), body.Done || body.Undone); err != nil {
			return err
		}
		titles = r.planTitles(plan)
		body.Retitled = r.retitled(plan, body)
	}
	for _, id := range one.Notes {
		body.Broken = append(body.Broken, firstOf(titles[id], id))
	}
	for _, name := range one.Left {
		if usage, err := key.ParseUsage(name); err == nil {
			name = firstOf(titles[usage.ID], r.kindText(usage.Type))
		}
		body.Left = append(body.Left, name)
	}
	return r.showStudio(fiber.StatusOK, "studio_import.html", "import", page{Title: body.Texts.Text("import"), Body: body})
}

// planTitles are the titles of the blocks of a plan, by id.
func (r *request) planTitles(plan *importer.Plan) map[string]string {
	titles := map[string]string{}
	for i := range plan.Blocks {
		if usage, err := key.ParseUsage(plan.Blocks[i].Usage); err == nil {
			titles[usage.ID] = firstOf(plan.Blocks[i].Title, r.kindText(usage.Type))
		}
	}
	return titles
}

// retitled says that an import gives the course another title than its team did.
func (r *request) retitled(plan *importer.Plan, body *importBody) string {
	for _, s := range plan.Settings {
		if s.Name != "display_name" || s.Did != importer.Changes {
			continue
		}
		switch before, after := r.valueText(s.Before), r.valueText(s.After); {
		case body.Ready:
			return body.Texts.Text("retitles", before, after)
		case body.Done:
			return body.Texts.Text("retitled", before, after)
		}
	}
	return ""
}

func (r *request) importReport(plan *importer.Plan, show string, done bool) (*importReport, error) {
	lines, err := r.reportLines(plan, done)
	if err != nil {
		return nil, err
	}
	texts := transferTexts{r}
	report := &importReport{Title: plan.Title, Filter: show, Nothing: len(lines) == len(plan.Findings) && (!r.course.Library() || plan.Brings == 0)}
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
		said := "transfers.count_" + group
		if done && (group == "scores" || group == "drafts") {
			said = "transfers.counted_" + group
		}
		text, of := r.words.T(said, count[group]), r.words.T("transfers.group_"+group)
		if group == "blocks" {
			text, of = texts.Text("count_blocks", count[group]), texts.Text("group_blocks")
		}
		report.Counts = append(report.Counts, text)
		choices = append(choices, choice{Value: group, Text: of})
	}
	if plan.Brings > 0 && r.course.Library() {
		report.Counts = append(report.Counts, r.words.T("transfers.library_brings"))
	}
	if plan.Same > 0 {
		report.Counts = append(report.Counts, texts.Text("same", plan.Same))
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

// reportLines are all lines of a report, the most important first. done says that it tells of what is done.
func (r *request) reportLines(plan *importer.Plan, done bool) ([]reportLine, error) {
	by := r.authors()
	var lines []reportLine
	did := func(d importer.Did) string {
		if done {
			return r.words.T("transfers.done_" + string(d))
		}
		return r.words.T("transfers.did_" + string(d))
	}
	for i := range plan.Blocks {
		if b := &plan.Blocks[i]; b.Answered > 0 {
			detail := r.words.T("transfers.answered", b.Answered)
			if b.Why != "" {
				detail = r.words.T("studio_why."+b.Why) + " " + detail
			}
			lines = append(lines, reportLine{"scores", did(b.Did), firstOf(b.Title, r.kindText(b.Type)), r.placeOf(b.Place), detail, fileLine(b.File, b.Line), true})
		}
	}
	for i := range plan.Drafts {
		d := &plan.Drafts[i]
		name, err := by(d.By)
		if err != nil {
			return nil, err
		}
		title := d.Title
		if usage, err := key.ParseUsage(d.Usage); err == nil {
			title = firstOf(title, r.kindText(usage.Type))
		}
		lines = append(lines, reportLine{"drafts", r.words.T("transfers.set_aside"), title, "", name, r.words.Time(d.At), true})
	}
	for i := range plan.Blocks {
		b := &plan.Blocks[i]
		if r.course.Library() && course.Structural(b.Type) { // what holds the components, of which their order alone is told
			lines = append(lines, reportLine{"blocks", did(b.Did), r.words.T("transfers.library_order"), "", "", "", false})
			continue
		}
		lines = append(lines, reportLine{"blocks", did(b.Did), firstOf(b.Title, r.kindText(b.Type)), r.placeOf(b.Place), r.differsText(b), fileLine(b.File, b.Line), b.Did == importer.Removes})
	}
	for _, f := range plan.Files {
		lines = append(lines, reportLine{"files", did(f.Did), f.Name, "", r.words.Bytes(f.Size), "", false})
	}
	for _, p := range plan.Pages {
		lines = append(lines, reportLine{"pages", did(p.Did), r.pageKind(p.Kind, p.Slug), "", "", "", false})
	}
	for _, s := range plan.Settings {
		detail := ""
		if short(s.Before) && short(s.After) {
			detail = r.valueText(orUnset(s.Before)) + " → " + r.valueText(orUnset(s.After))
		}
		name := r.fieldTitle("course", s.Name)
		if r.course.Library() && (s.Name == "display_name" || s.Name == "description") {
			name = r.words.T("transfers.library_" + s.Name)
		}
		lines = append(lines, reportLine{"settings", did(s.Did), name, "", detail, "", s.Name == "display_name" && s.Did == importer.Changes})
	}
	if plan.Grading {
		lines = append(lines, reportLine{"settings", did(importer.Changes), r.words.T("transfers.grading"), "", "", "", true})
	}
	for _, name := range plan.Unknown {
		lines = append(lines, reportLine{"findings", r.words.T("transfers.level_warning"), name, "", r.words.T("transfers.unknown"), "", true})
	}
	titles := r.planTitles(plan)
	for i := range plan.Findings {
		f := &plan.Findings[i]
		detail := f.Message
		if f.Fix != "" {
			detail += "; " + f.Fix
		}
		lines = append(lines, reportLine{
			"findings", r.words.T("transfers.level_" + string(f.Level)), firstOf(titles[f.Block], transferTexts{r}.Text("archive")), "", detail, fileLine(f.File, f.Line), f.Level != "hint",
		})
	}
	return lines, nil
}

// differsText tells of which kind a block is and what of it differs, in an author's words.
func (r *request) differsText(b *importer.BlockChange) string {
	detail := r.kindText(b.Type)
	var names []string
	for _, field := range b.Fields {
		switch field {
		case "content", "order":
			names = append(names, r.words.T("transfers.field_"+field))
		default:
			names = append(names, r.fieldTitle(b.Type, field))
		}
	}
	if len(names) > 0 {
		detail += ": " + strings.Join(names, ", ")
	}
	if len(b.Was) > 0 {
		detail += " (" + r.words.T("transfers.was", r.placeOf(b.Was)) + ")"
	}
	return detail
}

// pageKind names a page beside the course.
func (r *request) pageKind(kind, slug string) string {
	switch kind {
	case "about", "info", "tabs":
		return r.words.T("transfers.page_"+kind, slug)
	}
	return kind + "/" + slug
}

// short reports whether a setting's value is one that a line can show: no list and no table.
func short(value string) bool {
	return !strings.HasPrefix(value, "[") && !strings.HasPrefix(value, "{") && len(value) <= shortValue
}

// orUnset is a value that is read as unset where there is none.
func orUnset(value string) string {
	if value == "" {
		return "null"
	}
	return value
}

// placeOf is where a block stands: the titles above it, what it is where one has none.
func (r *request) placeOf(titles []string) string {
	named := slices.Clone(titles)
	for i, level := range []string{"chapter", "sequential", "vertical"} {
		if i < len(named) && named[i] == "" {
			named[i] = r.kindText(level)
		}
	}
	return strings.Join(named, " › ")
}

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
	lines, err := r.reportLines(plan, one.State == transfer.Done || one.State == transfer.Undone)
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
