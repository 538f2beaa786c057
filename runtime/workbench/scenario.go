package workbench

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/packages/trials"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Scenario is one content of a block, with a unit of its own in the scratch course.
type Scenario struct {
	// ID is the unit's, Block the id of the block in it.
	ID    string `json:"id"`
	Block string `json:"block"`
	// Kind is new, sample, story, own or, for a place where an app shows itself, app.
	Kind    string `json:"kind"`
	Package string `json:"package"`
	Type    string `json:"type"`
	// TypeTitle is the type's title, Name the scenario's name where it comes from, Title what pages call it.
	TypeTitle string `json:"type_title"`
	Name      string `json:"name,omitempty"`
	Title     string `json:"title"`
	// Edited says that an author has saved other fields here.
	Edited bool `json:"edited,omitempty"`
	// Graded says that points can be earned here.
	Graded bool `json:"graded,omitempty"`
	// Broken says why the content could not be outlined, Problem why there is no content at all.
	Broken  string `json:"broken,omitempty"`
	Problem string `json:"problem,omitempty"`
	// Unit is the address of the page on which the block stands.
	Unit  string `json:"unit"`
	Usage string `json:"usage"`

	fields   wire.Fields
	settings wire.Fields
	children []wire.Sample
	olx      []byte
	// site says that the block is an app of the site.
	site bool
}

// The kinds of scenarios.
const (
	KindNew    = "new"
	KindSample = "sample"
	KindStory  = "story"
	KindOwn    = "own"
	KindApp    = "app"
)

// Scenarios lists what there is to look at, in the order of the course.
func (b *Bench) Scenarios() []Scenario {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]Scenario, len(b.scenarios))
	for i, s := range b.scenarios {
		list[i] = *s
	}
	return list
}

func (b *Bench) scenario(id string) (*Scenario, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.scenarios {
		if s.ID == id {
			return s, nil
		}
	}
	return nil, fmt.Errorf("scenario %q: %w", id, errUnknown)
}

// gather asks every developed block for its scenarios.
func (b *Bench) gather(ctx context.Context) ([]*Scenario, error) {
	var all []*Scenario
	b.mu.Lock()
	own := slices.Clone(b.own)
	b.mu.Unlock()
	for _, p := range b.Packages() {
		version := b.current(p.Name)
		if version == nil {
			continue // it never compiled; the pages say so
		}
		for i := range version.Manifest.Types {
			t := &version.Manifest.Types[i]
			if t.Kind == wire.KindApp {
				all = append(all, b.places(ctx, p, version, t)...)
				continue
			}
			if t.Kind != "" && t.Kind != wire.KindComponent {
				continue // it stands on no page
			}
			list, err := b.ofType(ctx, p, version, t.Name, t.Title, i == 0)
			if err != nil {
				return nil, err
			}
			all = append(all, list...)
			for _, s := range own {
				if s.Type == t.Name {
					one := *s
					all = append(all, &one)
				}
			}
		}
	}
	taken := map[string]bool{}
	for _, s := range all {
		for n, id := 2, s.ID; taken[s.ID]; n++ { // names may differ in letters that ids cannot have
			s.ID = fmt.Sprintf("%s-%d", id, n)
		}
		taken[s.ID] = true
		if s.Kind == KindApp {
			continue // its place is known
		}
		s.Block = "it-" + s.ID
		s.Usage, s.Unit = Course.Usage(s.Type, s.Block).String(), "/courses/"+Course.String()+"/units/"+s.ID
	}
	return all, nil
}

func (b *Bench) ofType(ctx context.Context, p Package, version *registry.Version, blockType, title string, first bool) ([]*Scenario, error) {
	begin := func(kind, name, says string) *Scenario {
		s := &Scenario{ID: slug(blockType, kind, name), Kind: kind, Package: p.Name, Type: blockType, TypeTitle: title, Name: name, Title: says}
		if s.Title == "" {
			s.Title = name
		}
		return s
	}
	list := []*Scenario{begin(KindNew, "", title)}
	samples, problem := samplesOf(ctx, version, blockType)
	if problem != nil {
		s := begin(KindSample, "samples", "")
		s.Problem = problem.Error()
		list = append(list, s)
	}
	for i := range samples {
		sample := &samples[i]
		if sample.Type != "" && sample.Type != blockType {
			continue
		}
		s := begin(KindSample, sample.Name, sample.Title)
		s.fields, s.children = sample.Fields, sample.Children
		list = append(list, s)
	}
	folders := []string{blockType}
	if first {
		folders = append(folders, "")
	}
	for _, folder := range folders {
		scenes, err := trials.Scenes(p.Folder, folder)
		if err != nil {
			return nil, err
		}
		for _, scene := range scenes {
			s := begin(KindStory, scene.Name, scene.Says)
			s.fields, s.settings, s.olx, s.Problem = scene.Fields, scene.Settings, scene.OLX, scene.Problem
			list = append(list, s)
		}
	}
	return list, nil
}

// samplesOf asks a version for its samples; none where it brings none.
func samplesOf(ctx context.Context, version *registry.Version, blockType string) ([]wire.Sample, error) {
	description, err := version.Describe(ctx, blockType)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(description.Ops, wire.OpSample) {
		return nil, nil
	}
	conn, done, err := version.Use(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	frame, err := wire.EncodeRequest(
		wire.Request{ABI: wire.ABI, Op: wire.OpSample, Context: wire.Context{Block: blockType}}, wire.SampleRequest{})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	result, err := conn.Call(ctx, engine.Call{Frame: frame, Long: true})
	if err != nil {
		return nil, err
	}
	var reply wire.SampleReply
	return reply.Samples, wire.DecodeReply(result.Frame, &reply)
}

// authored is what the scenario's block is set to: what an author saved, else what it came with.
func (b *Bench) authored(s *Scenario) wire.Fields {
	b.mu.Lock()
	saved, edited := b.edited[s.ID]
	b.mu.Unlock()
	s.Edited = edited
	if edited {
		return maps.Clone(saved)
	}
	fields := maps.Clone(s.fields)
	if fields == nil {
		fields = wire.Fields{}
	}
	maps.Copy(fields, s.settings)
	return fields
}

// texts turns fields into what a revision holds.
func texts(fields wire.Fields) map[string]string {
	out := make(map[string]string, len(fields))
	for name, value := range fields {
		out[name] = string(value)
	}
	return out
}

func quoted(text string) string {
	encoded, err := json.Marshal(text)
	if err != nil {
		return `""` // text always encodes
	}
	return string(encoded)
}

// container makes one of the course's own blocks.
func container(blockType, title string, children []course.ChildRef) *course.Revision {
	r := &course.Revision{Type: blockType, Fields: map[string]string{"display_name": quoted(title)}, Children: children}
	return r
}
