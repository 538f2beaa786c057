package capa

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// An answer on a board is what Open edX's browser sends and the module draganddrop grades: a JSON list of {thing: place}. A place
// is the name of a target, a point [x, y], or {target of a thing: {that thing: its place}}.

// readBoard reads a posted form: for each row a place, or a point.
func (in *Input) readBoard(form map[string][]string) (Answer, bool) {
	b, known := in.Board, false
	field := func(row int, more string) string {
		values, ok := form[in.fieldOf(strconv.Itoa(row)+more)]
		known = known || ok
		if len(values) == 0 {
			return ""
		}
		return strings.TrimSpace(values[0])
	}
	placed := make([]any, len(b.Things))
	chosen := map[int]put{}
	for row := range b.Things {
		if b.free() {
			x, wrongX := strconv.Atoi(field(row, "x"))
			y, wrongY := strconv.Atoi(field(row, "y"))
			if wrongX == nil && wrongY == nil && x >= 0 && y >= 0 && x <= maxPixels && y <= maxPixels {
				placed[row] = []any{float64(x), float64(y)}
			}
		} else if p, ok := b.parsePut(field(row, "")); ok {
			chosen[row] = p
		}
	}
	if !known {
		return Answer{}, false
	}
	for row := range b.Things {
		if !b.free() {
			placed[row] = b.place(row, chosen, len(b.Things))
		}
	}
	return b.answer(placed, chosen), true
}

// place is where a row's thing lies; nil where it, or what it lies on, lies nowhere. Things cannot lie on each other in a circle.
func (b *board) place(row int, chosen map[int]put, depth int) any {
	p, ok := chosen[row]
	switch {
	case !ok || depth == 0:
		return nil
	case p.On < 0:
		return b.Targets[p.Target].ID
	}
	below := b.place(p.On, chosen, depth-1)
	if below == nil {
		return nil
	}
	carrier := &b.Things[p.On]
	return map[string]any{carrier.Targets[p.Target].ID: map[string]any{carrier.ID: below}}
}

// answer writes what was placed. Copies of a thing stand in the order of the targets, so that it plays no part which copy went
// where first.
func (b *board) answer(placed []any, chosen map[int]put) Answer {
	var rows []int
	for row := range placed {
		if placed[row] != nil {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return Given("")
	}
	order := b.puts()
	slices.SortStableFunc(rows, func(x, y int) int {
		if b.Things[x].ID != b.Things[y].ID || b.free() {
			return x - y // rows of one thing stand together
		}
		return slices.Index(order, chosen[x]) - slices.Index(order, chosen[y])
	})
	list := make([]map[string]any, len(rows))
	for i, row := range rows {
		list[i] = map[string]any{b.Things[row].ID: placed[row]}
	}
	data, err := json.Marshal(list)
	if err != nil {
		panic("writing an answer: " + err.Error()) // strings, numbers, lists and objects always marshal
	}
	return Given(string(data))
}

// shown are the places that an answer says, by row: what the form's fields hold.
func (b *board) shown(answer string) map[int]string {
	fields := map[int]string{}
	chosen := map[int]put{}
	entries := boardEntries(answer)
	for range len(b.Things) { // what lies on a thing is found once that thing is
		before := len(fields)
		entries = slices.DeleteFunc(entries, func(e boardEntry) bool {
			row := slices.IndexFunc(b.Things, func(t thing) bool { return t.ID == e.thing })
			for ; row >= 0 && row < len(b.Things) && b.Things[row].ID == e.thing; row++ {
				if _, taken := fields[row]; !taken {
					return b.show(row, e.place, chosen, fields)
				}
			}
			return true // no row is left for it
		})
		if len(fields) == before {
			break
		}
	}
	return fields
}

// show fills in a row's field, and is false as long as its place is not known.
func (b *board) show(row int, place any, chosen map[int]put, fields map[int]string) bool {
	if b.free() {
		if x, y, ok := pointOf(place); ok {
			fields[row] = strconv.Itoa(x) + "," + strconv.Itoa(y)
		}
		return true
	}
	for _, p := range b.puts() {
		if p.On == row {
			continue
		}
		chosen[row] = p
		if reflect.DeepEqual(b.place(row, chosen, len(b.Things)), place) {
			fields[row] = p.String()
			return true
		}
		delete(chosen, row)
	}
	return false
}

func pointOf(place any) (x, y int, ok bool) {
	pair, _ := place.([]any)
	if len(pair) != 2 {
		return 0, 0, false
	}
	fx, okX := pair[0].(float64)
	fy, okY := pair[1].(float64)
	if !okX || !okY || fx < 0 || fy < 0 || fx > maxPixels || fy > maxPixels {
		return 0, 0, false
	}
	return int(fx), int(fy), true
}

type boardEntry struct {
	thing string
	place any
}

// boardEntries are what an answer says, in its order; also in the form that browsers sent before 2013.
func boardEntries(answer string) []boardEntry {
	var list []map[string]any
	if json.Unmarshal([]byte(answer), &list) != nil {
		var old struct {
			Draggables []map[string]any `json:"draggables"`
		}
		if json.Unmarshal([]byte(answer), &old) != nil {
			return nil
		}
		list = old.Draggables
	}
	var entries []boardEntry
	for _, pair := range list {
		for _, name := range slices.Sorted(maps.Keys(pair)) {
			if len(entries) < maxRows && pair[name] != nil {
				entries = append(entries, boardEntry{name, pair[name]})
			}
		}
	}
	return entries
}

// toldBoard is an answer in words, for reports: each thing and the number of its place.
func (in *Input) toldBoard(answer string) string {
	b, words := in.Board, []string(nil)
	places := b.shown(answer)
	for row := range b.Things {
		if where, ok := places[row]; ok {
			words = append(words, b.Things[row].name()+": "+b.told(where))
		}
	}
	return strings.Join(words, ", ")
}

// told is a place as a report names it.
func (b *board) told(where string) string {
	p, ok := b.parsePut(where)
	switch {
	case b.free() || !ok:
		return "(" + where + ")"
	case p.On < 0:
		return b.Targets[p.Target].ID
	}
	on := &b.Things[p.On]
	return on.name() + "[" + on.Targets[p.Target].ID + "]"
}

// name is what a thing is called.
func (t *thing) name() string {
	if t.Label != "" {
		return t.Label
	}
	return t.ID
}
