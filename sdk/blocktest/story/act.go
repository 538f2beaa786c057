package story

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func (p *Player) view(a args) error {
	name, where := "", fakehost.Where{}
	for i, word := range a.words {
		key, value, given := strings.Cut(word, "=")
		switch {
		case i == 0 && !given:
			name = word
		case !given:
			return usage("%q is no PARAMETER=VALUE", word)
		case key == "path":
			where.Path = value
		default:
			if where.Query == nil {
				where.Query = map[string][]string{}
			}
			where.Query[key] = append(where.Query[key], value)
		}
	}
	if name == "" {
		name = map[wire.Role]string{wire.RoleStaff: wire.ViewStaff, wire.RoleAuthor: wire.ViewAuthor}[p.role]
	}
	shown, err := p.world.View(p.person, p.place, name, where)
	if err != nil {
		return err
	}
	p.last.shown = shown.HTML
	return nil
}

// request makes a handler's request of a line's words and tail.
func (p *Player) request(words []string, tail string) (wire.HTTP, error) {
	http := wire.HTTP{Method: "POST"}
	for _, word := range words {
		name, value, form := strings.Cut(word, "=")
		input, file, upload := strings.Cut(word, "@")
		switch {
		case form && (!upload || len(name) < len(input)):
			if http.Form == nil {
				http.Form = map[string][]string{}
			}
			http.Form[name] = append(http.Form[name], value)
		case upload:
			data, ok := p.archive.File(file)
			if !ok {
				return http, usage("this story has no file %q", file)
			}
			http.Files = append(http.Files, p.world.Upload(p.person, input, file, typeOf(file), data))
		default:
			return http, usage("%q is no NAME=VALUE", word)
		}
	}
	if tail != "" {
		body, err := p.data(tail)
		if err != nil {
			return http, err
		}
		http.ContentType, http.Body.Data = "application/json", body
	}
	return http, nil
}

func (p *Player) post(a args) error {
	http, err := p.request(a.words[1:], a.tail)
	if err != nil {
		return err
	}
	return p.send(fakehost.Post{Handler: a.word(0), As: p.role, HTTP: http})
}

func (p *Player) send(post fakehost.Post) error {
	if p.before != nil {
		if err := p.before(p, post); err != nil {
			return err
		}
	}
	if post.ID == "" {
		p.requests++
		post.ID = fmt.Sprintf("%032x", p.requests)
	}
	p.sent = &post
	posted, err := p.world.Post(p.person, p.place, post)
	p.answered(posted)
	return err
}

// answered takes what a call answered for the lines that follow.
func (p *Player) answered(posted *fakehost.Posted) {
	p.last.posted = posted
	if posted != nil {
		p.last.shown = string(posted.Body.Data)
	}
}

func (p *Player) again(a args) error {
	if p.sent == nil {
		return usage("nothing was posted yet")
	}
	post := *p.sent
	if len(a.words) > 0 || a.tail != "" {
		var err error
		if post.HTTP, err = p.request(a.words, a.tail); err != nil {
			return err
		}
	}
	posted, err := p.world.Post(p.person, p.place, post)
	p.answered(posted)
	return err
}

func (p *Player) race(a args) error {
	return p.atOnce(a, func(int) *fakehost.Person { return p.person })
}

func (p *Player) crowd(a args) error {
	return p.atOnce(a, func(i int) *fakehost.Person { return p.world.Person(fmt.Sprint("l", i+1)) })
}

// maxCrowd bounds how many post at once.
const maxCrowd = 200

func (p *Player) atOnce(a args, who func(i int) *fakehost.Person) error {
	n, err := strconv.Atoi(a.word(0))
	if err != nil || n < 1 || n > maxCrowd {
		return usage("%q is no number from 1 to %d", a.word(0), maxCrowd)
	}
	http, err := p.request(a.words[2:], a.tail)
	if err != nil {
		return err
	}
	racers := make([]fakehost.Racer, n)
	for i := range racers {
		racers[i] = fakehost.Racer{Person: who(i), Place: p.place, Post: fakehost.Post{Handler: a.word(1), As: p.role, HTTP: http}}
	}
	p.last.raced = p.world.Race(racers...)
	return nil
}

func (p *Player) reset(args) error { return p.send(fakehost.Post{Handler: wire.HandlerReset}) }

func (p *Player) reveal(args) error {
	revealed, err := p.world.Reveal(p.person, p.place)
	if err != nil {
		return err
	}
	p.last.shown = string(revealed.HTML.Data)
	for input, answer := range revealed.Answers {
		p.last.shown += "\n" + input + ": " + answer
	}
	return nil
}

func (p *Player) mount(a args) error {
	m := fakehost.Mounted{Mount: a.word(0), As: wire.RoleOutside, HTTP: wire.HTTP{Method: "POST", Headers: map[string][]string{}}}
	if a.tail != "" {
		body, err := p.data(a.tail)
		if err != nil {
			return err
		}
		m.HTTP.Body.Data, m.HTTP.ContentType = body, "application/json"
	}
	for _, word := range a.words[1:] {
		if err := p.mountWord(&m, word); err != nil {
			return err
		}
	}
	person := p.person
	if m.As == wire.RoleOutside {
		person = p.world.Person("")
	}
	posted, err := p.world.Mount(person, p.place, m)
	p.answered(posted)
	return err
}

func (p *Player) mountWord(m *fakehost.Mounted, word string) error {
	key, value, given := strings.Cut(word, "=")
	what, name, _ := strings.Cut(key, ".")
	if !given {
		return usage("%q is no NAME=VALUE", word)
	}
	var err error
	switch what {
	case "method":
		m.HTTP.Method = value
	case "path":
		m.HTTP.Path = value
	case "key":
		m.ID = value
	case "as":
		m.As, err = roleOf(value)
	case "header":
		m.HTTP.Headers[strings.ToLower(name)] = []string{value}
	case "query":
		if m.HTTP.Query == nil {
			m.HTTP.Query = map[string][]string{}
		}
		m.HTTP.Query[name] = append(m.HTTP.Query[name], value)
	case "sign":
		var signature string
		signature, err = p.world.Sign(value, "hmac-sha256", m.HTTP.Body.Data)
		m.HTTP.Headers[strings.ToLower(name)] = []string{signature}
	default:
		err = usage("a mount takes method, path, key, as, query.NAME, header.NAME and sign.NAME, not %q", what)
	}
	return err
}

func (p *Player) work(args) error { return p.world.Work() }

func (p *Player) advance(a args) error {
	d, err := duration(a.word(0))
	if err != nil {
		return err
	}
	return p.world.Advance(d)
}

// duration reads Go's durations, and days.
func duration(word string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(word, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(word)
	if err != nil {
		return 0, usage("%q is no duration such as 90s, 2h or 3d", word)
	}
	return d, nil
}

func (p *Player) event(a args) error {
	e := wire.Event{Name: a.word(0), Actor: a.word(1), Usage: p.place.Usage}
	if a.tail != "" {
		if err := p.decode(a.tail, &e.Data); err != nil {
			return err
		}
	}
	p.world.Emit(e)
	return p.world.Work()
}

// newest is the person's newest submission at the block.
func (p *Player) newest() (*fakehost.Submission, error) {
	all := p.world.Submissions(p.person.ID, p.place)
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has handed in nothing here", p.person.ID)
	}
	return all[len(all)-1], nil
}

func (p *Player) settle(a args) error {
	var data json.RawMessage
	if err := p.decode(a.tail, &data); err != nil {
		return err
	}
	s, err := p.newest()
	if err != nil {
		return err
	}
	p.world.AddEvidence(s, "staff", data)
	return p.world.Work()
}

func (p *Player) regrade(args) error {
	s, err := p.newest()
	if err != nil {
		return err
	}
	if err := p.world.Work(); err != nil {
		return err
	}
	return p.world.Regrade(s)
}

func (p *Player) grade(a args) error {
	var asked struct {
		Answers, Public, Secret json.RawMessage
		Evidence                []json.RawMessage
	}
	if err := p.decode(a.tail, &asked); err != nil {
		return err
	}
	request := &wire.GradeRequest{
		Submission: wire.Submission{ID: "story", Attempt: 1, At: p.world.Now().UnixMilli(), Answers: asked.Answers},
		Public:     wire.Blob{Data: asked.Public}, Secret: wire.Blob{Data: asked.Secret},
	}
	for _, data := range asked.Evidence {
		request.Evidence = append(request.Evidence, wire.Evidence{At: p.world.Now().UnixMilli(), From: "story", Data: data})
	}
	seed := 1
	var verdict wire.Verdict
	if err := p.world.Ask(wire.OpGrade, wire.Context{Seed: &seed, Now: p.world.Now().UnixMilli()}, request, &verdict); err != nil {
		return err
	}
	p.last.verdict = &verdict
	if failure := wire.CheckVerdict(&verdict); failure != nil {
		return failure
	}
	return nil
}

func (p *Player) solve(args) error {
	solution, err := p.world.Solve(p.person, p.place)
	if err != nil {
		return err
	}
	if solution.Input == nil {
		return fmt.Errorf("the block knows no solution: %s%s", solution.Unknown, solution.Unsupported)
	}
	return p.send(PostOf(*solution.Input))
}

// PostOf is the post that sends an input, as a page would.
func PostOf(input wire.Input) fakehost.Post {
	post := fakehost.Post{Handler: input.Handler, HTTP: wire.HTTP{Method: "POST", Form: input.Form}}
	if input.Form == nil && len(input.JSON) > 0 {
		post.HTTP.ContentType, post.HTTP.Body.Data = "application/json", slices.Clone(input.JSON)
	}
	return post
}

func (p *Player) checkContent(a args) error {
	fields := p.place.Content()
	if a.tail != "" {
		fields = nil
		if err := p.decode(a.tail, &fields); err != nil {
			return err
		}
	}
	if fields == nil {
		fields = wire.Fields{}
	}
	var err error
	p.last.findings, err = p.world.Check(p.place, fields)
	return err
}

func (p *Player) olx(a args) error {
	xml, err := p.data(a.tail)
	if err != nil {
		return err
	}
	var files []wire.OLXFile
	for _, f := range p.archive.Files {
		files = append(files, wire.OLXFile{Path: f.Name, Data: wire.Blob{Data: f.Data}})
	}
	fields, findings, err := p.world.Import(xml, files)
	if err != nil {
		return err
	}
	p.last.findings = findings
	return p.world.Publish(p.place, fields)
}

func (p *Player) export(args) error {
	reply, err := p.world.Export(p.place.Content(), p.place.ID)
	if err != nil {
		return err
	}
	p.last.shown = string(reply.XML.Data)
	for _, f := range reply.Files {
		p.last.shown += "\n-- " + f.Path + " --\n" + string(f.Data.Data)
	}
	return nil
}

func (p *Player) report(args) error {
	if err := p.world.Work(); err != nil {
		return err
	}
	var err error
	p.last.rows, err = p.world.Report(p.place, p.world.Submissions(p.person.ID, p.place)...)
	return err
}

// wireError finds the contract's error in a failure.
func wireError(err error) *wire.Error {
	var failure *wire.Error
	if errors.As(err, &failure) {
		return failure
	}
	return nil
}
