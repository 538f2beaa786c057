package conform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/blocktest/markup"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// views shows every view to everybody who may see it: untouched, while an answer waits for its verdict, and after it.
func views(r *run) {
	r.each(func(s *stage) { s.inspectAll("untouched") })
	r.eachAct(func(s *stage, a act) {
		if _, ok, err := s.do(a); !ok || err != nil {
			return // refusals are answers; what they must not be is watched
		}
		s.inspectAll("waiting after " + a.where)
		if err := s.world.Work(); err != nil {
			return // the promise samples speaks of it
		}
		s.inspectAll("after " + a.where)
	})
}

func (s *stage) inspectAll(when string) {
	s.show(fakehost.Where{}, func(view *wire.View, p *fakehost.Person, shown *fakehost.Shown, err error) {
		where := fmt.Sprintf("sample %s, view %s", s.sample.Name, view.Name)
		if err != nil {
			s.fail(where, "", s.world.Last().String(), "%s, it does not render for %s: %v", when, personName(p), err)
			return
		}
		s.inspect(where, &shown.Fragment)
	})
}

// inspect holds a fragment against the contract.
func (s *stage) inspect(where string, f *wire.Fragment) {
	call := s.world.Last().String()
	for _, problem := range markup.Check(string(f.HTML.Data), s.rules()) {
		s.fail(where, problem.Mend, call, "line %d: %s", problem.Line, problem.Message)
	}
	if len(f.HTML.Data) == 0 && f.Bundle == "" && f.Element == "" {
		s.add(wire.LevelWarning, where, "say something, if only that there is nothing", call, "the view is empty")
	}
	if f.Element != "" && !strings.Contains(f.Element, "-") {
		s.fail(where, "custom elements have a hyphen in their names", call, "element %q is no custom element", f.Element)
	}
	if f.Element != "" && f.Element != sdk.QuestionElement && len(f.Scripts) == 0 {
		s.fail(where, "name the script that defines it in Fragment.Scripts", call, "element %q comes with no script", f.Element)
	}
	for _, asset := range slices.Concat(f.Styles, f.Scripts) {
		if s.subject.Assets != nil && !slices.Contains(s.subject.Assets, asset) {
			s.fail(where, "put the file into the folder that block.json names as assets", call, "it names the asset %q, which the package does not have", asset)
		}
	}
}

// rules are what fragments of this stage may name.
func (s *stage) rules() markup.Rules {
	rules := markup.Rules{Assets: s.subject.Assets}
	d := s.world.Description()
	for _, h := range d.Handlers {
		rules.Handlers = append(rules.Handlers, h.Name)
	}
	for _, v := range d.Views {
		rules.Views = append(rules.Views, v.Name)
	}
	for _, c := range s.place.Children {
		rules.Children = append(rules.Children, c.ID)
	}
	return rules
}
