package hotspots

import (
	"strconv"

	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// The columns of a row, from 0, for findings.
const (
	columnX        = 4
	columnWidth    = 6
	columnCorners  = 8
	columnFeedback = 9
)

// Check implements question.Checker.
func (kind) Check(f *Fields) []wire.Finding {
	findings := append(f.Check(), question.OneOf("credit", f.Credit, "each", "minus", "all")...)
	right := 0
	for i := range f.Regions {
		r := &f.Regions[i]
		for _, found := range f.checkRegion(r) {
			findings = append(findings, question.InRow(found, i, found.Column))
		}
		for _, found := range question.Pictures("regions", r.Feedback) {
			findings = append(findings, question.InRow(found, i, columnFeedback))
		}
		if _, ok := r.read(); ok && r.Correct {
			right++
		}
	}
	findings = append(findings, f.hidden()...)
	switch {
	case right == 0:
		findings = append(findings, question.Wrong("regions", "no region is right", "add one and mark it as right"))
	case f.Places < 1 || f.Places > mostPlaces:
		findings = append(findings, question.Wrong("places", "learners can mark 1 to "+strconv.Itoa(mostPlaces)+" places", "write a number between"))
	case f.Places < right && question.Credit(f.Credit) == question.AllOrNothing:
		findings = append(findings, question.Warn("places", strconv.Itoa(right)+" regions are right, but fewer places can be marked", "any "+strconv.Itoa(f.Places)+" of them are then right in whole: add places where all are wanted"))
	case f.Places > right && question.Credit(f.Credit) == question.EachPart:
		findings = append(findings, question.Warn("places", "more places can be marked than are right, and a wrong mark costs nothing", "let wrong marks take points away, or give fewer places"))
	}
	return findings
}

// checkRegion looks at one row; a finding's column counts from 0.
func (f *Fields) checkRegion(r *Region) []wire.Finding {
	at := func(column int, found wire.Finding) []wire.Finding {
		found.Column = column
		return []wire.Finding{found}
	}
	read, ok := r.read()
	switch {
	case r.Shape != "" && r.Shape != rectangle && r.Shape != ellipse && r.Shape != polygon:
		return at(3, question.Warn("regions", "the shape \""+r.Shape+"\" is unknown", "use rectangle, ellipse or polygon"))
	case !ok && r.cornered():
		return at(columnCorners, question.Wrong("regions", "the polygon has no three corners that can be read", "write them like 10,20 60,20 35,70"))
	case !ok:
		return at(columnWidth, question.Wrong("regions", "the region has no size", "write its width and height in pixels"))
	case f.Ready() && (read.Left < 0 || read.Top < 0 || read.Right > float64(f.Width) || read.Bottom > float64(f.Height)):
		return at(columnX, question.Wrong("regions", "the region reaches out of the picture, which is "+strconv.Itoa(f.Width)+" by "+strconv.Itoa(f.Height)+" pixels", "move it or make it smaller"))
	}
	return nil
}

// hidden finds right regions that lie wholly below earlier ones: nobody can mark them.
func (f *Fields) hidden() []wire.Finding {
	if !f.Ready() {
		return nil
	}
	var findings []wire.Finding
	s := Secret{Width: f.Width, Height: f.Height}
	var rows []int
	for i := range f.Regions {
		if r, ok := f.Regions[i].read(); ok {
			s.Regions, rows = append(s.Regions, r), append(rows, i)
		}
	}
	for at, row := range rows {
		if _, _, ok := s.inside(at); !ok {
			findings = append(findings, question.InRow(question.Wrong("regions", "nobody can mark this region: it is too small, out of the picture, or lies below earlier ones", "move it, or move its row up"), row, -1))
		}
	}
	return findings
}
