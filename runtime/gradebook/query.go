package gradebook

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"
)

// Sort says what rows are sorted by. The zero value is by name.
type Sort struct {
	By SortBy
	// Name is the assignment type or the column's block id.
	Name string
	// Down sorts the greatest first. Who has no value stands last in either case, and equal ones are in the order of names.
	Down bool
}

// SortBy is a kind of column.
type SortBy string

// The kinds.
const (
	SortName     SortBy = "name"
	SortUsername SortBy = "username"
	SortTotal    SortBy = "total"
	SortType     SortBy = "type"
	SortColumn   SortBy = "column"
)

// Query chooses rows. The zero value is everybody who is enrolled, by name.
type Query struct {
	// Search finds who has a word in the name, a user name or an address that begins so.
	Search string
	// Cohort and Mode choose those of one, "" is all.
	Cohort, Mode string
	// Passed and Failed choose by the course's lowest cutoff; both is nobody.
	Passed, Failed bool
	// From and To bound the course's grade, both inclusive, as fractions; nil is open.
	From, To *float64
	// Formerly chooses those whose enrolment ended instead.
	Formerly bool
	Sort     Sort
}

// Select gives the rows that a query chooses, in its order.
func (t *Table) Select(q Query) []*Row {
	search := strings.ToLower(strings.Join(strings.Fields(q.Search), " "))
	order := t.order(q.Sort)
	rows := make([]*Row, 0, len(order))
	for _, at := range order {
		if row := t.rows[at]; row.chosen(&q, search) {
			rows = append(rows, row)
		}
	}
	return rows
}

// slop is half of the last digit that a grade has: bounds that people type must not miss by rounding.
const slop = 1e-6

func (r *Row) chosen(q *Query, search string) bool {
	switch {
	case r.Enrolled == q.Formerly,
		q.Cohort != "" && r.Cohort != q.Cohort,
		q.Mode != "" && r.Mode != q.Mode,
		q.Passed && !r.Passed, q.Failed && r.Passed,
		q.From != nil && r.Percent < *q.From-slop,
		q.To != nil && r.Percent > *q.To+slop:
		return false
	}
	return search == "" || strings.Contains(r.words, " "+search) || strings.HasPrefix(r.login, search) || strings.HasPrefix(r.mail, search)
}

// order gives the places of all rows in an order, and remembers it with the table.
func (t *Table) order(s Sort) []int32 {
	s = t.known(s)
	t.ordering.Lock()
	order, ok := t.orders[s]
	t.ordering.Unlock()
	if !ok {
		order = t.sorted(s)
		t.ordering.Lock()
		defer t.ordering.Unlock()
		if t.orders == nil || len(t.orders) >= maxOrders {
			t.orders = map[Sort][]int32{}
		}
		t.orders[s] = order
	}
	return order
}

// maxOrders is how many orders a table remembers.
const maxOrders = 16

// known turns what the table does not have into the order of names.
func (t *Table) known(s Sort) Sort {
	known := false
	switch s.By {
	case SortName, SortUsername, SortTotal:
		s.Name, known = "", true
	case SortType:
		_, known = t.byType[s.Name]
	case SortColumn:
		_, known = t.byColumn[s.Name]
	}
	if !known {
		return Sort{By: SortName, Down: s.Down}
	}
	return s
}

func (t *Table) sorted(s Sort) []int32 {
	value := t.values(s)
	if value == nil {
		return t.sortedByName(s)
	}
	type place struct {
		value    float64
		name, at int32
	}
	places := make([]place, len(t.rows))
	for name, at := range t.order(Sort{By: SortName}) {
		places[name] = place{value[at], int32(name), at}
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(compare(a.value, b.value, s.Down), cmp.Compare(a.name, b.name))
	})
	order := make([]int32, len(places))
	for i, p := range places {
		order[i] = p.at
	}
	return order
}

func (t *Table) sortedByName(s Sort) []int32 {
	order := make([]int32, len(t.rows))
	for at := range order {
		order[at] = int32(at)
	}
	slices.SortFunc(order, func(a, b int32) int {
		x, y := t.rows[a], t.rows[b]
		return cmp.Or(t.compareNames(a, b, s), strings.Compare(x.login, y.login), strings.Compare(x.Learner, y.Learner))
	})
	return order
}

func (t *Table) compareNames(a, b int32, s Sort) int {
	x, y := t.rows[a], t.rows[b]
	d := bytes.Compare(x.name, y.name)
	if s.By == SortUsername {
		d = strings.Compare(x.login, y.login)
	}
	if s.Down {
		return -d
	}
	return d
}

// compare puts what is not a number last.
func compare(a, b float64, down bool) int {
	missingA, missingB := math.IsNaN(a), math.IsNaN(b)
	switch {
	case missingA && missingB:
		return 0
	case missingA:
		return 1
	case missingB:
		return -1
	case down:
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

// values are what the rows are sorted by, nil for names.
func (t *Table) values(s Sort) []float64 {
	var of func(*Row) float64
	switch s.By {
	case SortName, SortUsername:
		return nil
	case SortTotal:
		of = func(r *Row) float64 { return r.Percent }
	case SortType:
		at := t.byType[s.Name]
		of = func(r *Row) float64 {
			if average, ok := r.Average(at); ok {
				return average
			}
			return math.NaN()
		}
	case SortColumn:
		at := t.byColumn[s.Name]
		of = func(r *Row) float64 {
			if c := r.Cell(at); c.Attempted {
				return c.Fraction()
			}
			return math.NaN()
		}
	}
	values := make([]float64, len(t.rows))
	for at, row := range t.rows {
		values[at] = of(row)
	}
	return values
}
