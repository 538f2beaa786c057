package grading

import (
	"errors"
	"fmt"
	"sort"
)

// ErrNoLetter is wrapped when [Policy.Need] is asked for a letter that the policy does not have.
var ErrNoLetter = errors.New("the grading policy has no such grade")

// Reach says whether a letter can still be had.
type Reach uint8

// The answers.
const (
	// Impossible: not even 100 % on everything that remains is enough.
	Impossible Reach = iota
	// Reachable: it takes [Need].Average on each thing that remains.
	Reachable
	// Certain: 0 % on everything that remains is enough.
	Certain
)

// Need is what a letter takes.
type Need struct {
	Reach Reach
	// Average is the least whole percent, as a fraction from 0.01 to 1, that is enough when each thing that remains is
	// scored so. 0 unless Reachable.
	Average float64
	// Remaining counts what remains: open subsections and those not published yet.
	Remaining int
}

// Need says what a learner needs on what remains to get a letter or a better one.
//
// What remains are subsections that are Open, and the placeholders up to each type's MinCount; with complete, nothing more
// will be published and placeholders stay 0. Points that a learner has are kept: an open subsection ends at Average or at
// its present percent, whichever is more. Under that assumption the answer is exact: it runs the whole policy, with drops,
// weights and rounding, so Average is enough and 0.01 less is not, and more is always enough. Scoring differently on
// different things can also be enough; weights and drops make some count for more than others.
//
// By hand: one type "Quiz" with weight 1, three of them, one dropped, Pass from 70 %. With 90 % on the first and two to
// come, the average counts the better two, (0.9 + x) / 2. x = 0.48 gives 69 %, x = 0.49 gives 69.5 %, which rounds to 70 %:
// Average is 0.49.
func (p Policy) Need(letter string, subsections []Subsection, complete bool) (Need, error) {
	cutoff, err := p.cutoff(letter)
	if err != nil {
		return Need{}, err
	}
	o := p.outlook(subsections, complete)
	need := Need{Remaining: o.remaining}
	least := sort.Search(101, func(hundredths int) bool { return o.percent(float64(hundredths)/100) >= cutoff })
	switch {
	case least == 0:
		need.Reach = Certain
	case least <= 100:
		need.Reach, need.Average = Reachable, float64(least)/100
	}
	return need, nil
}

func (p Policy) cutoff(letter string) (float64, error) {
	for _, cutoff := range p.Cutoffs {
		if cutoff.Letter == letter {
			return cutoff.From, nil
		}
	}
	return 0, fmt.Errorf("finding what %q needs: %w", clip(letter), ErrNoLetter)
}

// outlook is a course whose remaining entries can be filled in.
type outlook struct {
	groups    []group
	open      [][]bool
	remaining int
}

func (p Policy) outlook(subsections []Subsection, complete bool) outlook {
	o := outlook{groups: p.groups(subsections)}
	for _, g := range o.groups {
		open := make([]bool, len(g.subsections))
		for i, s := range g.subsections {
			open[i] = s == nil && !complete || s != nil && s.Open
			if open[i] {
				o.remaining++
			}
		}
		o.open = append(o.open, open)
	}
	return o
}

// percent is the course's grade when every open entry ends at score or more. It never falls as score rises: no weight is
// negative, and the mean of the best k values cannot fall when a value rises.
func (o outlook) percent(score float64) float64 {
	var total float64
	for i, g := range o.groups {
		percents := make([]float64, len(g.percents))
		for j, percent := range g.percents {
			percents[j] = percent
			if o.open[i][j] {
				percents[j] = max(percent, score)
			}
		}
		average, _ := averageWithDrops(percents, g.DropCount)
		total += g.weighted(average)
	}
	return coursePercent(total)
}
