package grading

import (
	"cmp"
	"fmt"
	"slices"
)

// averageWithDrops is the mean of percents without the drop lowest. Sorted from the best down with equal ones in their
// order, the last are dropped: of equal ones the later. When all are dropped the average is 0.
func averageWithDrops(percents []float64, drop int) (average float64, dropped []bool) {
	dropped = make([]bool, len(percents))
	order := make([]int, len(percents))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(percents[b], percents[a]) })
	kept := max(0, len(order)-max(0, drop))
	for _, i := range order[kept:] {
		dropped[i] = true
	}
	if kept == 0 {
		return 0, dropped
	}
	for i, percent := range percents { // in course order, as Open edX sums
		if !dropped[i] {
			average += percent
		}
	}
	return average / float64(kept), dropped
}

// rows is the type's part of the breakdown. A type with one entry has one row, without number and mark, whatever the type
// says of averages.
func (g group) rows(average float64, dropped []bool) []Row {
	if len(g.percents) == 1 {
		return []Row{{
			Percent: average, Label: g.shortLabel(), Category: g.category(), Prominent: true,
			Detail: fmt.Sprintf("%s = %s", g.sectionType(), percentText(average, 0)),
		}}
	}
	var rows []Row
	if !g.ShowOnlyAverage {
		rows = g.entryRows(dropped)
	}
	if !g.HideAverage {
		rows = append(rows, Row{
			Percent: average, Label: g.shortLabel() + " Avg", Category: g.category(), Prominent: true,
			Detail: fmt.Sprintf("%s Average = %s", g.sectionType(), percentText(average, 0)),
		})
	}
	return rows
}

func (g group) entryRows(dropped []bool) []Row {
	rows := make([]Row, len(g.percents))
	for i, s := range g.subsections {
		number := g.startingIndex() + i
		rows[i] = Row{
			Percent: g.percents[i], Label: fmt.Sprintf("%s %02d", g.shortLabel(), number), Category: g.category(),
			Detail: fmt.Sprintf("%s %d Unreleased - 0%% (?/?)", g.sectionType(), number),
		}
		if s != nil {
			rows[i].Usage = s.Usage
			rows[i].Detail = fmt.Sprintf("%s %d - %s - %s (%s/%s)", g.sectionType(), number, s.Name,
				percentText(g.percents[i], 0), pointsText(s.Score.Earned), pointsText(s.Score.Possible))
		}
		if dropped[i] {
			rows[i].Mark = fmt.Sprintf("The lowest %d %s scores are dropped.", g.DropCount, g.sectionType())
		}
	}
	return rows
}
