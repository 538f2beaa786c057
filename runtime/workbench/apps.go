package workbench

import (
	"context"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// besideUnit is a unit without blocks, for what apps show beside units.
const besideUnit = "beside"

// places are the scenarios of an app: it has one usage and no authored content, so they are the places where it shows itself.
func (b *Bench) places(ctx context.Context, p Package, version *registry.Version, t *manifest.Type) []*Scenario {
	begin := func(slot string) *Scenario {
		s := &Scenario{
			ID: slug(t.Name, KindApp, slot), Kind: KindApp, Package: p.Name, Type: t.Name, TypeTitle: t.Title, Name: slot, Title: t.Title,
			Block: t.Name, site: version.Manifest.Per == "site",
		}
		s.Usage = s.run().Usage(t.Name, t.Name).String()
		return s
	}
	description, err := version.Describe(ctx, t.Name)
	if err != nil {
		s := begin("")
		s.Problem = err.Error()
		return []*Scenario{s}
	}
	var list []*Scenario
	for i := range description.Views {
		slot := description.Views[i].Slot
		if address := slotAddress(slot, t.Name); address != "" && version.Manifest.Has("slot", slot) {
			s := begin(slot)
			s.Unit = address
			list = append(list, s)
		}
	}
	return list
}

// slotAddress is the page on which a slot stands, "" where no page has it.
func slotAddress(slot, app string) string {
	course := "/courses/" + Course.String()
	return map[string]string{
		wire.SlotCourseTab: course + "/apps/" + app, wire.SlotUnitSidebar: course + "/units/" + besideUnit,
		wire.SlotSitePage: "/apps/" + app, wire.SlotDashboardCard: "/",
	}[slot]
}

// run is the course that the scenario's block belongs to, the zero key for an app of the site.
func (s *Scenario) run() key.Course {
	if s.site {
		return key.Course{}
	}
	return Course
}

// beside makes the unit that apps stand beside.
func (w *writing) beside() course.ChildRef {
	unit := w.add(container("vertical", "A unit", nil))
	part := w.add(container("sequential", "A unit", []course.ChildRef{{Type: "vertical", ID: besideUnit, Hash: unit}}))
	return course.ChildRef{Type: "chapter", ID: "apps", Hash: w.add(container("chapter", "Beside a unit", []course.ChildRef{{Type: "sequential", ID: "part-apps", Hash: part}}))}
}
