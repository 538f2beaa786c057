package story

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/blocktest/markup"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// mismatch is a check that does not hold.
func mismatch(want, got string) error {
	return fmt.Errorf("want %s\n got %s", want, got)
}

func (p *Player) holds(text string) bool {
	text = unquote(text)
	return strings.Contains(p.last.shown, text) || strings.Contains(markup.Read(p.last.shown), markup.Fold(text))
}

// unquote takes "..." off a text that needs white space at its ends.
func unquote(text string) string {
	var value string
	if strings.HasPrefix(text, `"`) && json.Unmarshal([]byte(text), &value) == nil {
		return value
	}
	return text
}

func (p *Player) contains(a args) error {
	if !p.holds(a.tail) {
		return mismatch(a.tail, p.shown())
	}
	return nil
}

func (p *Player) lacks(a args) error {
	if p.holds(a.tail) {
		return mismatch("nothing of "+a.tail, p.shown())
	}
	return nil
}

// shown is what a person sees, and the markup behind it.
func (p *Player) shown() string {
	if p.last.shown == "" {
		return "nothing was shown"
	}
	read := markup.Read(p.last.shown)
	if read == markup.Fold(p.last.shown) {
		return read
	}
	return read + "\nmarkup\n" + p.last.shown
}

func (p *Player) failed(a args) error {
	if p.last.err == nil {
		return mismatch(a.word(0)+" "+a.tail, "the call succeeded")
	}
	p.last.explained = true
	failure := wireError(p.last.err)
	if failure == nil || string(failure.Code) != a.word(0) || !strings.Contains(p.last.err.Error(), unquote(a.tail)) {
		return mismatch(a.word(0)+" "+a.tail, p.last.err.Error())
	}
	return nil
}

// answer is the last reply of a handler or a mount.
func (p *Player) answer() (*fakehost.Posted, error) {
	if p.last.posted == nil {
		return nil, usage("this stands behind no post")
	}
	return p.last.posted, nil
}

func (p *Player) status(a args) error {
	posted, err := p.answer()
	if err != nil {
		return err
	}
	status := posted.Status
	if status == 0 {
		status = 200
	}
	return same(a.word(0), strconv.Itoa(status))
}

func same(want, got string) error {
	if want != got {
		return mismatch(want, got)
	}
	return nil
}

func (p *Player) message(a args) error {
	posted, err := p.answer()
	if err != nil {
		return err
	}
	if !strings.Contains(posted.Message, unquote(a.tail)) {
		return mismatch(a.tail, strconv.Quote(posted.Message))
	}
	return nil
}

func (p *Player) json(a args) error {
	posted, err := p.answer()
	if err != nil {
		return err
	}
	got, err := at(posted.Body.Data, a.word(0))
	if err != nil {
		return err
	}
	return sameJSON(a.tail, got)
}

// sameJSON compares a line's JSON with a value.
func sameJSON(want string, got any) error {
	var wanted any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		return usage("%s is no JSON: %v", want, err)
	}
	wantText, err := json.Marshal(wanted)
	gotText, err2 := json.Marshal(got)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	return same(string(wantText), string(gotText))
}

// within reports whether got holds at least what want holds: members of objects, everything else equal.
func within(want, got any) bool {
	wanted, ok := want.(map[string]any)
	if !ok {
		a, err := json.Marshal(want)
		b, err2 := json.Marshal(got)
		return err == nil && err2 == nil && string(a) == string(b)
	}
	object, ok := got.(map[string]any)
	if !ok {
		return false
	}
	for name, value := range wanted {
		if inside, there := object[name]; !there || !within(value, inside) {
			return false
		}
	}
	return true
}

// holdsMembers compares a line's JSON with a body that may hold more.
func holdsMembers(want string, body []byte) error {
	var wanted, got any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		return usage("%s is no JSON: %v", want, err)
	}
	if len(body) > 0 {
		if err := json.Unmarshal(body, &got); err != nil {
			return err
		}
	}
	if !within(wanted, got) {
		return mismatch(want, string(body))
	}
	return nil
}

func (p *Player) repeated(args) error {
	posted, err := p.answer()
	if err == nil && !posted.Repeated {
		err = mismatch("the remembered reply", "the handler ran anew")
	}
	return err
}

func (p *Player) runs(a args) error {
	posted, err := p.answer()
	if err != nil {
		return err
	}
	return same(a.word(0), strconv.Itoa(posted.Runs))
}

func (p *Player) accepted(a args) error {
	n, failures := 0, map[string]int{}
	for _, raced := range p.last.raced {
		if raced.Err == nil {
			n++
		} else {
			failures[raced.Err.Error()]++
		}
	}
	if got := strconv.Itoa(n); got != a.word(0) {
		return mismatch(a.word(0)+" accepted", fmt.Sprintf("%s of %d; the others: %v", got, len(p.last.raced), failures))
	}
	return nil
}

func (p *Player) refused(a args) error {
	n := 0
	var other error
	for _, raced := range p.last.raced {
		failure := wireError(raced.Err)
		switch {
		case raced.Err == nil:
		case failure != nil && string(failure.Code) == a.word(1) && strings.Contains(failure.Message, unquote(a.tail)):
			n++
		default:
			other = raced.Err
		}
	}
	if got := strconv.Itoa(n); got != a.word(0) {
		return mismatch(a.word(0)+" refused like this", fmt.Sprintf("%s of %d; another way to fail: %v", got, len(p.last.raced), other))
	}
	return nil
}

func (p *Player) stored(a args) error {
	doc := p.world.Document(a.word(0), a.word(1))
	switch {
	case a.tail == "missing" && doc != nil:
		return mismatch("no document", string(doc.Body))
	case a.tail == "missing":
		return nil
	case doc == nil:
		return mismatch(a.tail, "no document "+a.word(0)+" "+a.word(1))
	}
	return holdsMembers(a.tail, doc.Body)
}

func (p *Player) count(a args) error {
	docs := p.world.Documents(a.word(0))
	if strconv.Itoa(len(docs)) == a.word(1) {
		return nil
	}
	var bodies []string
	for _, d := range docs {
		bodies = append(bodies, d.ID+" "+string(d.Body))
	}
	return mismatch(a.word(1), fmt.Sprintf("%d\n%s", len(docs), strings.Join(bodies, "\n")))
}

func (p *Player) notice(a args) error {
	for _, n := range slices.Backward(p.world.Notices) {
		if n.To != a.word(0) {
			continue
		}
		text := n.Title + "\n" + n.Text + "\n" + n.Path
		if !strings.Contains(text, unquote(a.tail)) {
			return mismatch(a.tail, text)
		}
		return nil
	}
	return mismatch("a message to "+a.word(0), fmt.Sprintf("%+v", p.world.Notices))
}

func (p *Player) notices(a args) error {
	if err := same(a.word(0), strconv.Itoa(len(p.world.Notices))); err != nil {
		return fmt.Errorf("%w\n%+v", err, p.world.Notices)
	}
	return nil
}

func (p *Player) published(a args) error {
	if len(p.world.Published) == 0 {
		return mismatch(a.word(0), "nothing was published")
	}
	last := p.world.Published[len(p.world.Published)-1]
	if last.Topic != a.word(0) || len(a.words) > 1 && last.ID != a.word(1) {
		return mismatch(strings.Join(a.words, " "), last.Topic+" "+last.ID)
	}
	return nil
}

func (p *Player) emitted(a args) error {
	var names []string
	for _, e := range slices.Backward(p.world.Events) {
		if e.Name == a.word(0) {
			if a.tail == "" {
				return nil
			}
			return holdsMembers(a.tail, e.Data)
		}
		names = append(names, e.Name)
	}
	return mismatch(a.word(0), fmt.Sprintf("events %v", names))
}

func (p *Player) task(a args) error {
	var waiting []string
	for _, t := range p.world.Tasks() {
		due := t.Due.Sub(p.world.Now())
		waiting = append(waiting, t.Name+" "+due.String())
		if t.Name != a.word(0) {
			continue
		}
		if a.word(1) == "" {
			return nil
		}
		want, err := duration(a.word(1))
		if err != nil {
			return err
		}
		if want == due {
			return nil
		}
	}
	return mismatch(strings.Join(a.words, " "), fmt.Sprintf("waiting are %q", waiting))
}

func (p *Player) tasks(a args) error { return same(a.word(0), strconv.Itoa(len(p.world.Tasks()))) }

func (p *Player) asked(a args) error {
	want := "1"
	if a.word(2) != "" {
		want = a.word(2)
	}
	n := 0
	prefix, open := strings.CutSuffix(a.word(1), "*")
	var all []string
	for _, asked := range p.world.Asked {
		all = append(all, asked.Method+" "+asked.URL)
		if !asked.Repeated && asked.Method == a.word(0) && (asked.URL == a.word(1) || open && strings.HasPrefix(asked.URL, prefix)) {
			n++
		}
	}
	if strconv.Itoa(n) != want {
		return mismatch(want, fmt.Sprintf("%d; asked were %q", n, all))
	}
	return nil
}

func (p *Player) logged(a args) error {
	if !strings.Contains(strings.Join(p.world.Logged, "\n"), unquote(a.tail)) {
		return mismatch(a.tail, strings.Join(p.world.Logged, "\n"))
	}
	return nil
}

func (p *Player) finding(a args) error {
	for _, f := range p.last.findings {
		if string(f.Level) == a.word(0) && strings.Contains(f.Message+" "+f.Fix, unquote(a.tail)) {
			return nil
		}
	}
	return mismatch(strings.Join(a.words, " ")+" "+a.tail, fmt.Sprintf("%+v", p.last.findings))
}

func (p *Player) findings(a args) error {
	if err := same(a.word(0), strconv.Itoa(len(p.last.findings))); err != nil {
		return fmt.Errorf("%w\n%+v", err, p.last.findings)
	}
	return nil
}

func (p *Player) row(a args) error {
	for _, row := range p.last.rows {
		if row.Part == a.word(0) && row.Answer == a.word(1) && (a.word(2) == "" || string(row.Correctness) == a.word(2)) {
			return nil
		}
	}
	return mismatch(strings.Join(a.words, " "), fmt.Sprintf("%+v", p.last.rows))
}

func (p *Player) golden(a args) error {
	got := []byte(strings.TrimRight(p.last.shown, "\n") + "\n")
	i := slices.IndexFunc(p.archive.Files, func(f File) bool { return f.Name == a.word(0) })
	if p.config.Update {
		if i < 0 {
			p.archive.Files = append(p.archive.Files, File{Name: a.word(0)})
			i = len(p.archive.Files) - 1
		}
		p.archive.Files[i].Data = got
		return nil
	}
	if i < 0 {
		return usage("this story has no file %q: run the test with -update to write it, and read what it wrote", a.word(0))
	}
	if want := p.archive.Files[i].Data; string(want) != string(got) {
		return errors.New(Difference(string(want), string(got)))
	}
	return nil
}

// standing finds the person's state for checks that need it.
func (p *Player) standing() (*wire.Access, error) {
	access, err := p.world.Access(p.person, p.place)
	if err == nil && access == nil {
		err = errors.New("this content is not graded: outline names no max_score")
	}
	return access, err
}
