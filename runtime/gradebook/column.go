package gradebook

import (
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/scoring"
)

// Column is a graded subsection.
type Column struct {
	// ID is its block id, Group the index of its assignment type in Table.Groups.
	ID, Title, Section string
	Group              int
	// Possible is its raw maximum, for who has no points of their own there.
	Possible float64
	sub      *course.Subsection
}

// Chapter is the block id of the section that the column's subsection stands in.
func (c *Column) Chapter() string { return c.sub.Section.Usage.ID }

// Hidden says why learners do not see the results in a column.
type Hidden string

// The reasons.
const (
	HiddenNot        Hidden = ""
	HiddenStaffOnly  Hidden = "staff"    // the subsection is for the course's team, and counts for nobody
	HiddenUnreleased Hidden = "release"  // it is not open yet
	HiddenResults    Hidden = "results"  // its results are never shown
	HiddenUntilDue   Hidden = "past_due" // its results are shown once it is due
)

// Hidden says whether learners without a date of their own see the column's results at an instant.
func (c *Column) Hidden(now time.Time) Hidden {
	settings := c.sub.Settings
	if settings.StaffOnly != nil && *settings.StaffOnly {
		return HiddenStaffOnly
	}
	if settings.Start != nil && now.Before(*settings.Start) {
		return HiddenUnreleased
	}
	if settings.ShowCorrectness == nil {
		return HiddenNot
	}
	rule, _ := grading.ParseShowCorrectness(*settings.ShowCorrectness) // unknown is the default
	var closes time.Time
	if settings.Due != nil {
		closes = *settings.Due
		if settings.GracePeriod != nil {
			closes = closes.Add(time.Duration(*settings.GracePeriod * float64(time.Second)))
		}
	}
	switch {
	case rule.Results(closes, now, false).Open:
		return HiddenNot
	case rule == grading.ShowResultsPastDue:
		return HiddenUntilDue
	}
	return HiddenResults
}

// Group is an assignment type with its columns.
type Group struct {
	Type string
	// Weight is the share of the grade; Counts is false for work whose type the policy does not name.
	Weight float64
	Counts bool
	// First and End bound its columns in Table.Columns.
	First, End int
}

// columns lays the graded subsections out: types in the policy's order, then what the policy does not name; subsections in the
// course's.
func columns(published *course.Published) ([]Group, []Column, error) {
	policy, err := scoring.CoursePolicy(&published.Run)
	if err != nil {
		return nil, nil, err
	}
	var groups []Group
	for _, t := range policy.Types {
		groups = append(groups, Group{Type: t.Type, Weight: t.Weight, Counts: true})
	}
	byGroup := map[int][]Column{}
	for _, sub := range published.Subsections {
		if graded := sub.Settings.Graded; graded == nil || !*graded || sub.Scored == 0 {
			continue
		}
		at := slices.IndexFunc(groups, func(g Group) bool { return g.Type == sub.Settings.Format })
		if at < 0 {
			at = len(groups)
			groups = append(groups, Group{Type: sub.Settings.Format})
		}
		byGroup[at] = append(byGroup[at], Column{
			ID: sub.Usage.ID, Title: sub.Title(), Section: sub.Section.Title(), Possible: sub.Possible, sub: sub,
		})
	}
	var laid []Group
	var list []Column
	for at, group := range groups {
		if len(byGroup[at]) == 0 {
			continue // a type that nothing is published of yet says nothing of anybody
		}
		group.First = len(list)
		for _, column := range byGroup[at] {
			column.Group = len(laid)
			list = append(list, column)
		}
		group.End = len(list)
		laid = append(laid, group)
	}
	return laid, list, nil
}
