package workbench

import (
	"context"
	"encoding/json"
	"html/template"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/fieldform"
	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/workbench"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// route is one address of the workbench's own host.
type route struct {
	method, path string
	handle       fiber.Handler
}

func (s *Server) routes() []route {
	return []route{
		{"GET", "/", s.page},
		{"GET", "/web/:file", s.asset},
		{"GET", "/api/events", s.events},
		{"GET", "/api/bench", s.bench},
		{"GET", "/api/calls", s.calls},
		{"GET", "/api/stored", s.stored},
		{"GET", "/api/findings", s.findings},
		{"GET", "/api/form", s.form},
		{"POST", "/api/form", s.save},
		{"POST", "/api/form/restore", s.restore},
		{"POST", "/api/olx", s.addOLX},
		{"POST", "/api/look", s.setLook},
		{"POST", "/api/faults", s.setFault},
		{"POST", "/api/offline", s.setOffline},
		{"POST", "/api/stale", s.stale},
		{"POST", "/api/reset", s.reset},
		{"POST", "/api/undo", s.undo},
		{"POST", "/api/story", s.story},
		{"POST", "/api/sample", s.sample},
	}
}

// reader is who reads the workbench's own page: in the language that was asked for, else the browser's.
func (s *Server) reader(c *fiber.Ctx) *words.Reader {
	return s.words.For(nil, c.Query("lang"), c.Get(fiber.HeaderAcceptLanguage))
}

// place names a person and a scenario.
type place struct {
	Persona  string `json:"persona"`
	Scenario string `json:"scenario"`
}

func body[T any](c *fiber.Ctx) (into T, err error) {
	if err := json.Unmarshal(c.Body(), &into); err != nil {
		return into, fiber.NewError(fiber.StatusBadRequest, "this is no JSON of the wanted shape: "+err.Error())
	}
	return into, nil
}

// desk is one person as pages know the person.
type deskView struct {
	*workbench.Persona
	Origin  string `json:"origin"`
	Offline bool   `json:"offline"`
}

// bench tells everything that the page begins with.
func (s *Server) bench(c *fiber.Ctx) error {
	s.mu.Lock()
	shown := s.look
	var desks []deskView
	for _, d := range s.order {
		desks = append(desks, deskView{d.persona, "http://" + d.host, d.offline})
	}
	s.mu.Unlock()
	return c.JSON(fiber.Map{
		"packages": s.config.Bench.Packages(), "scenarios": s.config.Bench.Scenarios(), "people": desks, "look": shown,
		"faults": s.config.Breaker.State(), "broken": s.config.Bench.Broken(), "languages": s.words.Languages(),
		"course": "/courses/" + workbench.Course.String(),
	})
}

func (s *Server) calls(c *fiber.Ctx) error {
	after, _ := strconv.ParseInt(c.Query("after"), 10, 64) // what is no number begins at the first
	list, err := s.config.Bench.Calls(c.UserContext(), after, c.Query("persona"), c.Query("scenario"))
	if err != nil {
		return err
	}
	return c.JSON(list)
}

func (s *Server) stored(c *fiber.Ctx) error {
	stored, err := s.config.Bench.Stored(c.UserContext(), c.Query("persona"), c.Query("scenario"))
	if err != nil {
		return err
	}
	return c.JSON(stored)
}

func (s *Server) findings(c *fiber.Ctx) error {
	report, err := s.config.Bench.Findings(c.UserContext(), c.Query("package"))
	if err != nil {
		return err
	}
	return c.JSON(report)
}

// fields are a form's inputs; the platform's own have words in the catalogue.
func fields(w *words.Reader, form *workbench.Form) []fieldform.Field {
	var list []fieldform.Field
	for i := range form.Inputs {
		field := fieldform.Field{Field: form.Inputs[i].Field, Now: form.Inputs[i].Now}
		if form.Inputs[i].Host {
			field.Title, field.Help = w.T("workbench.setting_"+field.Name), w.T("workbench.help_"+field.Name)
		}
		list = append(list, field)
	}
	return list
}

// findings are what the block finds, or why nothing was saved.
func findings(w *words.Reader, form *workbench.Form) []wire.Finding {
	if len(form.Unfit) == 0 {
		return form.Findings
	}
	var list []wire.Finding
	for _, unfit := range form.Unfit {
		list = append(list, wire.Finding{
			Level: wire.LevelError, Field: unfit.Field, Line: unfit.Row, Column: unfit.Member, Message: w.T("workbench.unfit_"+unfit.Code, unfit.Bound),
		})
	}
	return list
}

// sendForm answers with the form drawn.
func (s *Server) sendForm(c *fiber.Ctx, form *workbench.Form) error {
	w := s.reader(c)
	found := findings(w, form)
	html, err := fieldform.Draw(w, "field-", fields(w, s.config.Bench.InLanguage(form, w.Language)), found)
	if err != nil {
		return err
	}
	wrong := slices.ContainsFunc(found, func(f wire.Finding) bool { return f.Level == wire.LevelError })
	return c.JSON(struct {
		HTML   template.HTML `json:"html"`
		Edited bool          `json:"edited"`
		Wrong  bool          `json:"wrong"`
	}{html, form.Edited, wrong})
}

func (s *Server) form(c *fiber.Ctx) error {
	form, err := s.config.Bench.Form(c.UserContext(), c.Query("scenario"))
	if err != nil {
		return err
	}
	return s.sendForm(c, form)
}

func (s *Server) save(c *fiber.Ctx) error {
	sent, err := url.ParseQuery(string(c.Body()))
	if err != nil {
		return fiber.NewError(fiber.StatusBadRequest, "this is no form")
	}
	scenario := sent.Get("scenario")
	form, err := s.config.Bench.Form(c.UserContext(), scenario)
	if err != nil {
		return err
	}
	if form, err = s.config.Bench.Save(c.UserContext(), scenario, fieldform.Read(fields(s.reader(c), form), sent)); err != nil {
		return err
	}
	return s.sendForm(c, form)
}

func (s *Server) restore(c *fiber.Ctx) error {
	at, err := body[place](c)
	if err != nil {
		return err
	}
	form, err := s.config.Bench.Restore(c.UserContext(), at.Scenario)
	if err != nil {
		return err
	}
	return s.sendForm(c, form)
}

func (s *Server) addOLX(c *fiber.Ctx) error {
	typed, err := body[struct{ Title, OLX string }](c)
	if err != nil {
		return err
	}
	id, problem, err := s.config.Bench.AddOLX(c.UserContext(), typed.Title, typed.OLX)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"scenario": id, "problem": problem})
}

func (s *Server) setLook(c *fiber.Ctx) error {
	wanted, err := body[look](c)
	if err != nil {
		return err
	}
	if !wanted.valid(s.words.Languages()) {
		return fiber.NewError(fiber.StatusBadRequest, "there is no such look")
	}
	s.mu.Lock()
	s.look = wanted
	s.mu.Unlock()
	return c.JSON(wanted)
}

func (s *Server) setFault(c *fiber.Ctx) error {
	wanted, err := body[struct {
		Fault workbench.Fault
		Often workbench.Often
	}](c)
	if err != nil {
		return err
	}
	if err := s.config.Breaker.Set(wanted.Fault, wanted.Often); err != nil {
		return fiber.NewError(fiber.StatusBadRequest, err.Error())
	}
	return c.JSON(s.config.Breaker.State())
}

func (s *Server) setOffline(c *fiber.Ctx) error {
	wanted, err := body[struct {
		Persona string
		Offline bool
	}](c)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.order {
		if d.persona.ID == wanted.Persona {
			d.offline = wanted.Offline
			return c.JSON(fiber.Map{"offline": d.offline})
		}
	}
	return fiber.ErrNotFound
}

func (s *Server) stale(c *fiber.Ctx) error {
	at, err := body[place](c)
	if err != nil {
		return err
	}
	ended, err := s.config.Bench.EndSitting(c.UserContext(), at.Persona, at.Scenario)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"ended": ended})
}

// keptUndos bounds the resets that can be taken back.
const keptUndos = 32

func (s *Server) reset(c *fiber.Ctx) error {
	at, err := body[place](c)
	if err != nil {
		return err
	}
	undo, err := s.config.Bench.Reset(c.UserContext(), at.Persona, at.Scenario)
	if err != nil {
		return err
	}
	id := people.NewToken()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.undos) >= keptUndos {
		clear(s.undos)
	}
	s.undos[id] = undo
	return c.JSON(fiber.Map{"undo": id})
}

func (s *Server) undo(c *fiber.Ctx) error {
	wanted, err := body[struct{ Undo string }](c)
	if err != nil {
		return err
	}
	s.mu.Lock()
	undo := s.undos[wanted.Undo]
	delete(s.undos, wanted.Undo)
	s.mu.Unlock()
	if undo == nil {
		return fiber.NewError(fiber.StatusGone, "this was taken back already, or is too long ago")
	}
	if err := undo(c.UserContext()); err != nil {
		return err
	}
	return c.JSON(fiber.Map{"undone": true})
}

// story saves what people did at a scenario as a story of the block's folder.
func (s *Server) story(c *fiber.Ctx) error { return s.keep(c, s.config.Bench.SaveStory) }

// sample tells a scenario as a sample.
func (s *Server) sample(c *fiber.Ctx) error { return s.keep(c, s.config.Bench.Sample) }

func (s *Server) keep(c *fiber.Ctx, keep func(ctx context.Context, scenario, name string) (*workbench.Saved, error)) error {
	wanted, err := body[struct{ Scenario, Name string }](c)
	if err != nil {
		return err
	}
	saved, err := keep(c.UserContext(), wanted.Scenario, wanted.Name)
	if err != nil {
		return err
	}
	return c.JSON(saved)
}
