package video

import (
	"embed"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

//go:embed locales/*.json
var locales embed.FS

// The handlers. The first three answer a GET with the transcript in the language that the query names.
const (
	handlerCaptions   = "captions"   // WebVTT
	handlerLines      = "lines"      // JSON for the page's script
	handlerTranscript = "transcript" // text to keep
	handlerProgress   = "progress"
	handlerPrefer     = "prefer"
)

type block struct{}

// Block is the video block.
func Block() sdk.Block {
	everybody := []wire.Role{wire.RoleLearner, wire.RoleVisitor}
	learner := []wire.Role{wire.RoleLearner}
	file := wire.Reads{Prepared: true, Locale: true}
	liked := []string{"global_speed", "transcript_language", "captions"}
	return sdk.New[Fields, Public, sdk.None](block{}, sdk.Spec{
		Views: []wire.View{
			{Name: wire.ViewLearner, Reads: wire.Reads{Prepared: true, Locale: true, Fields: append([]string{"saved_video_position"}, liked...)}},
			{Name: wire.ViewVisitor, Reads: wire.Reads{Prepared: true, Locale: true}},
		},
		Handlers: []wire.Handler{
			{Name: handlerCaptions, Roles: everybody, Reads: file},
			{Name: handlerLines, Roles: everybody, Reads: file},
			{Name: handlerTranscript, Roles: everybody, Reads: file},
			{Name: handlerProgress, Roles: learner, Reads: wire.Reads{Prepared: true, Locale: true, Fields: []string{"saved_video_position", "watched"}}},
			{Name: handlerPrefer, Roles: learner, Reads: wire.Reads{Prepared: true, Locale: true, Fields: liked}},
		},
		Catalogue: sdk.Messages(locales),
	})
}

// Compile-time guards.
var (
	_ sdk.Outliner[Fields, Public, sdk.None] = block{}
	_ sdk.Renderer[Fields, Public]           = block{}
	_ sdk.Handler[Fields, Public]            = block{}
	_ sdk.Checker[Fields]                    = block{}
	_ sdk.Importer                           = block{}
	_ sdk.Sampler                            = block{}
)
