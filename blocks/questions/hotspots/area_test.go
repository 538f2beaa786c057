package hotspots

import "testing"

func TestAreas(t *testing.T) {
	for _, c := range []struct {
		shape, text string
		p           point
		holds       bool
	}{
		{rectangle, "60,40 10,20", point{10, 40}, true},
		{rectangle, "(10,20)-(60,40)", point{9, 30}, false},
		{circle, "50,50 10", point{57, 57}, true},
		{circle, "50;50;10", point{58, 58}, false},
		{polygon, "0,0 100,0 100,100 50,20 0,100", point{10, 50}, true},
		{polygon, "0,0 100,0 100,100 50,20 0,100", point{50, 60}, false},
		{polygon, "0,0 100,0 0,100", point{50, 50}, true},
		{rectangle, "١٠,٢٠ ٦٠,٤٠", point{20, 30}, true},
	} {
		a, how := areaOf(c.shape, c.text)
		if c.text == "(10,20)-(60,40)" {
			if how == "" {
				t.Errorf("%q is read: a minus sign is no divider", c.text)
			}
			continue
		}
		if how != "" {
			t.Errorf("%s %q: %s", c.shape, c.text, how)
			continue
		}
		if a.holds(c.p) != c.holds {
			t.Errorf("%s %q holds %v: %v", c.shape, c.text, c.p, !c.holds)
		}
		if middle, ok := a.middle(); !ok || !a.holds(middle) {
			t.Errorf("%s %q: the middle %v is outside", c.shape, c.text, middle)
		}
	}
	for shape, texts := range map[string][]string{
		rectangle: {"", "1,2 3", "1,2 1,4", "a,b c,d", "1,2 3,1e999"}, circle: {"1,2", "1,2 0", "1,2 -3"}, polygon: {"1,1 2,2", "1,1 2,2 3"},
	} {
		for _, text := range texts {
			if _, how := areaOf(shape, text); how == "" {
				t.Errorf("%s %q is read", shape, text)
			}
		}
	}
}

func FuzzArea(f *testing.F) {
	for _, shape := range []string{rectangle, circle, polygon} {
		f.Add(shape, "10,20 60,40")
		f.Add(shape, "10 20 30")
		f.Add(shape, "0,0 100,0 100,100 50,20 0,100")
	}
	f.Fuzz(func(t *testing.T, shape, text string) {
		a, how := areaOf(shape, text)
		if how != "" {
			return
		}
		if middle, ok := a.middle(); ok && !a.holds(middle) {
			t.Fatalf("the middle %v of %+v is outside", middle, a)
		}
		_ = a.svg()
		_ = a.within(100, 100)
	})
}
