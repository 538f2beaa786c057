package problem

import (
	"embed"
	"runtime"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

//go:embed locales/*.json
var locales embed.FS

type block struct{}

// Block is the problem block.
func Block() sdk.Block {
	if runtime.GOOS == "wasip1" {
		warm()
	}
	state := []string{"student_answers", "saved_at", "hints_shown", "last_action"}
	roles := []wire.Role{wire.RoleLearner}
	// Neither the user nor the clock: everybody who has not answered yet shares one render.
	view := wire.Reads{Seed: true, Locale: true, Verdict: true, Access: true, Prepared: true, Fields: state}
	handler := wire.Reads{Seed: true, Locale: true, Clock: true, Access: true, Prepared: true, Fields: state}
	b := sdk.New[Fields, Public, capa.Secret](block{}, sdk.Spec{
		Views: []wire.View{
			{Name: wire.ViewLearner, Reads: view},
			{Name: wire.ViewStaff, Reads: wire.Reads{Seed: true, Locale: true, Prepared: true}},
			{
				Name: wire.ViewEditor, Reads: wire.Reads{Locale: true},
				Settle: handlerSettle,
				Edits:  []string{"data", "markdown", "markdown_edited", "use_latex_compiler"}, // the last is Open edX's, and means nothing here
			},
		},
		Handlers: []wire.Handler{
			{Name: question.HandlerSubmit, Roles: roles, Reads: handler, Grades: true},
			{Name: question.HandlerSave, Roles: roles, Reads: handler},
			{Name: question.HandlerHint, Roles: roles, Reads: handler},
			{Name: handlerConvert, Roles: []wire.Role{wire.RoleStaff, wire.RoleAuthor}},
			{Name: handlerSettle, Roles: []wire.Role{wire.RoleAuthor}},
		},
		Events:          []wire.EventType{question.HintEvent()},
		Rerandomize:     "never",
		Identity:        true, // scripts read anonymous_student_id
		GradeSecretOnly: true,
		Catalogue:       question.Words(locales),
	})
	if runtime.GOOS == "wasip1" {
		warmScripts(b)
	}
	return b
}

// Compile-time guards.
var (
	_ sdk.Outliner[Fields, Public, capa.Secret] = block{}
	_ sdk.Varier[Public, capa.Secret]           = block{}
	_ sdk.Renderer[Fields, Public]              = block{}
	_ sdk.Handler[Fields, Public]               = block{}
	_ sdk.Grader[Public, capa.Secret]           = block{}
	_ sdk.Revealer[Public, capa.Secret]         = block{}
	_ sdk.Solver[Public, capa.Secret]           = block{}
	_ sdk.Reporter[Public, capa.Secret]         = block{}
	_ sdk.Checker[Fields]                       = block{}
	_ sdk.Importer                              = block{}
	_ sdk.Sampler                               = block{}
)
