package command

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/check"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// maxListed bounds how many lines of a kind the report shows; --json has all.
const maxListed = 200

// showCheck prints what a course team can act on: what must be mended first, then what deserves a look, then the figures.
func showCheck(to io.Writer, imported *importer.Report, report *check.Report) error {
	w := bufio.NewWriter(to)
	for _, name := range slices.Sorted(maps.Keys(report.Types)) {
		troubles(w, "Blocks of type "+name+" that could not be shown", report.Types[name].Errors)
	}
	troubles(w, "Problems that do not score in full", report.Problems.Failed)
	if report.RoundTrip != nil {
		differences(w, "Lost when the course is taken out again", report.RoundTrip.Lost)
		differences(w, "Changed when the course is taken out again", report.RoundTrip.Changed)
	}
	if report.Formulas != nil {
		troubles(w, "Formulas that cannot be shown", report.Formulas.Wrong)
	}
	troubles(w, "What blocks find in what their authors wrote", report.Findings)
	findings(w, "Errors in the archive", imported.Findings, true)
	linked(w, "Missing files: add them under static, or remove the links", report.Assets.Missing)
	linked(w, "Broken links: correct or remove them", report.Links.Broken)
	findings(w, "Remarks on the archive", imported.Findings, false)
	troubles(w, "Problems that were not answered", report.Problems.Unanswered)
	if len(report.UnknownTypes) > 0 {
		fmt.Fprint(w, "Types that are not installed: their content is kept, learners see a placeholder\n")
		for _, name := range report.UnknownTypes {
			fmt.Fprintf(w, "  %s: %d blocks\n", name, report.Types[name].Count)
		}
		fmt.Fprintln(w)
	}
	figures(w, report)
	return w.Flush()
}

// troubles lists blocks under what they have in common, each with its place.
func troubles(w io.Writer, title string, list []check.Trouble) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "%s (%d)\n", title, len(list))
	type reason struct{ message, fix string }
	groups := map[reason][]check.Trouble{}
	var order []reason
	for _, t := range list {
		r := reason{t.Message, t.Fix}
		if groups[r] == nil {
			order = append(order, r)
		}
		groups[r] = append(groups[r], t)
	}
	shown := 0
	for _, r := range order {
		fmt.Fprintf(w, "  %s\n", r.message)
		if r.fix != "" {
			fmt.Fprintf(w, "  -> %s\n", r.fix)
		}
		for _, t := range groups[r] {
			if shown++; shown > maxListed {
				break
			}
			fmt.Fprintf(w, "     %s%q %s%s\n", place(t.File, t.Line), t.Title, t.Block, sent(t.Answers))
		}
	}
	more(w, len(list))
}

func more(w io.Writer, all int) {
	if all > maxListed {
		fmt.Fprintf(w, "     and %d more; --json lists all\n", all-maxListed)
	}
	fmt.Fprintln(w)
}

func place(file string, line int) string {
	switch {
	case file == "":
		return ""
	case line == 0:
		return file + ": "
	}
	return fmt.Sprintf("%s:%d: ", file, line)
}

// sent shows the answers that were tried.
func sent(form map[string][]string) string {
	if len(form) == 0 {
		return ""
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(form)) {
		parts = append(parts, fmt.Sprintf("%s = %q", name, strings.Join(form[name], ", ")))
	}
	return ", sent " + strings.Join(parts, ", ")
}

// findings lists what the import found: errors, or everything else that is not told already as a link.
func findings(w io.Writer, title string, list []importer.Finding, errors bool) {
	list = slices.DeleteFunc(slices.Clone(list), func(f importer.Finding) bool {
		return f.Code == olx.CodeMissingAsset || f.Code == olx.CodeBrokenLink || (f.Level == wire.LevelError) != errors
	})
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "%s (%d)\n", title, len(list))
	for _, f := range list[:min(len(list), maxListed)] {
		fmt.Fprintf(w, "  %s\n", findingLine(f))
	}
	more(w, len(list))
}

func linked(w io.Writer, title string, list []check.Reference) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "%s (%d)\n", title, len(list))
	for _, r := range list[:min(len(list), maxListed)] {
		fmt.Fprintf(w, "  %s%s\n", place(r.File, r.Line), r.Target)
	}
	more(w, len(list))
}

func differences(w io.Writer, title string, list []check.Difference) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "%s (%d)\n", title, len(list))
	for _, d := range list[:min(len(list), maxListed)] {
		fmt.Fprintf(w, "  %s%s %s\n", place(d.File, 0), d.Message, d.Block)
	}
	more(w, len(list))
}

func figures(w io.Writer, report *check.Report) {
	count, rendered := report.Blocks()
	fmt.Fprintf(w, "%s: %d of %d blocks rendered\n", report.Course, rendered, count)
	for _, name := range slices.Sorted(maps.Keys(report.Types)) {
		t := report.Types[name]
		note := ""
		if slices.Contains(report.UnknownTypes, name) {
			note = " (not installed)"
		}
		fmt.Fprintf(w, "  %-28s %5d of %5d%s\n", name, t.Rendered, t.Count, note)
	}
	p := &report.Problems
	fmt.Fprintf(w, "%d problems: %d score in full, %d fail, %d state no answer, %d are not supported yet\n",
		p.Count, p.FullScore, len(p.Failed), p.AnswerUnknown, p.Unsupported)
	fmt.Fprintf(w, "%d files, %d missing; %d broken links\n", report.Assets.Count, len(report.Assets.Missing), len(report.Links.Broken))
	if f := report.Formulas; f != nil {
		fmt.Fprintf(w, "%d formulas, %d wrong\n", f.Count, len(f.Wrong))
	}
	if r := report.RoundTrip; r != nil {
		fmt.Fprintf(w, "taken out again: %d lost, %d changed\n", len(r.Lost), len(r.Changed))
	}
}
