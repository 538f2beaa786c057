package hotspots

import (
	"reflect"
	"slices"
	"testing"

	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// How many regions are right shows in nothing that a learner gets before he has answered: neither in the inputs nor in the points.
func TestPlacesDoNotTellTheNumber(t *testing.T) {
	f := kind{}.Samples()[1].Fields
	before := kind{}.Prepare(&f)
	f.Regions[2].Correct = true
	after := kind{}.Prepare(&f)
	if before.Secret.wanted() == after.Secret.wanted() {
		t.Fatal("the key did not change")
	}
	if !reflect.DeepEqual(before.Public, after.Public) || !reflect.DeepEqual(before.Inputs, after.Inputs) || before.Points != after.Points {
		t.Errorf("the number of right regions shows: %+v and %+v", before, after)
	}
}

func TestHolds(t *testing.T) {
	box := Region{X: 10, Y: 20, Width: 30, Height: 40}
	round := Region{Shape: ellipse, X: 10, Y: 20, Width: 30, Height: 40}
	bay := Region{Shape: polygon, Corners: "0,0 100,0 100,100 50,10 0,100"} // an M upside down
	for _, c := range []struct {
		name   string
		region Region
		x, y   float64
		want   bool
	}{
		{"box: upper left corner", box, 10, 20, true},
		{"box: lower right corner", box, 40, 60, true},
		{"box: left of it", box, 9.5, 30, false},
		{"box: below it", box, 20, 60.5, false},
		{"ellipse: middle", round, 25, 40, true},
		{"ellipse: its corner", round, 11, 21, false},
		{"ellipse: its right end", round, 40, 40, true},
		{"polygon: left leg", bay, 10, 60, true},
		{"polygon: right leg", bay, 90, 60, true},
		{"polygon: the bay between", bay, 50, 60, false},
		{"polygon: above it", bay, 50, -1, false},
	} {
		r, ok := c.region.read()
		if !ok {
			t.Fatalf("%s: the region cannot be read", c.name)
		}
		if r.holds(c.x, c.y) != c.want {
			t.Errorf("%s: %v, %v: want %v", c.name, c.x, c.y, c.want)
		}
	}
	for _, nothing := range []Region{{}, {Width: 10}, {Shape: ellipse, Height: 10}, {Shape: polygon}, {Shape: polygon, Corners: "1,2 3,4"}, {Shape: polygon, Corners: "1,2 3,4 5"}, {Shape: polygon, Corners: "1,1 2,1 3,1"}, {Shape: polygon, Corners: "a,b c,d e,f"}} {
		if _, ok := nothing.read(); ok {
			t.Errorf("%+v encloses something", nothing)
		}
	}
}

// A right region of which the middle is taken by an earlier one, or lies in its own bay, can be marked all the same.
func TestInside(t *testing.T) {
	f := kind{}.Samples()[0].Fields
	f.Regions = []Region{
		{Name: "hole", Shape: ellipse, X: 40, Y: 40, Width: 20, Height: 20},
		{Name: "ring", Correct: true, X: 0, Y: 0, Width: 100, Height: 100},
		{Name: "bay", Correct: true, Shape: polygon, Corners: "200,0 300,0 300,100 250,10 200,100"},
	}
	out := kind{}.Prepare(&f)
	answers := kind{}.Solve(out.Public, out.Secret)
	if len(answers) != 2 {
		t.Fatalf("the answers are %v", answers)
	}
	result, err := kind{}.Judge(nil, out.Secret, question.Submitted{Answers: answers})
	if err != nil || !result.Full() {
		t.Errorf("%v is judged %+v, %v", answers, result, err)
	}
	f.Regions[0] = Region{Name: "lid", X: 0, Y: 0, Width: 100, Height: 100}
	out = kind{}.Prepare(&f)
	if answers := (kind{}).Solve(out.Public, out.Secret); answers != nil {
		t.Errorf("a region below another is solved by %v", answers)
	}
	if !slices.ContainsFunc(kind{}.Check(&f), func(found wire.Finding) bool { return found.Line == 2 && found.Field == "regions" }) {
		t.Errorf("the author is not told: %v", kind{}.Check(&f))
	}
}

// Whatever is typed, and whatever an author writes as corners, is read or refused, and what is read lies within bounds.
func FuzzPoint(f *testing.F) {
	for _, text := range []string{"120,80", "[12,34]", "١٢٠،٨٠", "1e9 1", "NaN,Inf", "-1,2", "0x10,1", "1_0,2", ",,", "1,2 3,4 5,6"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if x, y, ok := point(text); ok && !(x >= 0 && y >= 0 && x <= farthest && y <= farthest) {
			t.Errorf("%q is read as %v, %v", text, x, y)
		}
		row := Region{Shape: polygon, Corners: text, Correct: true}
		r, ok := row.read()
		if !ok {
			return
		}
		s := Secret{Regions: []region{r}, Width: 1000, Height: 1000, Places: 1}
		if x, y, found := s.inside(0); found && !r.holds(x, y) {
			t.Errorf("%q: %v, %v is not inside", text, x, y)
		}
	})
}
