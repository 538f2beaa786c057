package video

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/transcript"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Handle implements sdk.Handler.
func (block) Handle(c *sdk.Call, r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	switch r.Handler {
	case handlerCaptions, handlerLines, handlerTranscript:
		return give(c, r)
	case handlerProgress:
		return progress(c, r)
	case handlerPrefer:
		return prefer(c, r)
	}
	return nil, sdk.NotFound("no handler %q", r.Handler)
}

// give answers with the transcript in one language.
func give(c *sdk.Call, r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	wanted := ""
	if given := r.Query["lang"]; len(given) > 0 {
		wanted = given[0]
	}
	at := slices.IndexFunc(r.Public.Tracks, func(t track) bool { return t.Language == wanted })
	if at < 0 {
		return nil, sdk.NotFound("%s", c.T("no_transcript"))
	}
	_, data, err := c.File(wire.FileRead{Path: r.Public.Tracks[at].File})
	var failure *wire.Error
	if errors.As(err, &failure) && failure.Code == wire.CodeNotFound {
		return nil, sdk.NotFound("%s", c.T("no_transcript"))
	}
	if err != nil {
		return nil, fmt.Errorf("reading a transcript: %w", err)
	}
	lines, err := transcript.Parse(data)
	if err != nil {
		return nil, sdk.Refuse("%s", c.T("bad_transcript"))
	}
	switch r.Handler {
	case handlerCaptions:
		return sdk.OK().Text("text/vtt; charset=utf-8", transcript.WebVTT(lines)), nil
	case handlerTranscript:
		return sdk.OK().Text("text/plain; charset=utf-8", transcript.Text(lines)), nil
	}
	return sdk.JSON(lines), nil
}

// report is what the page's script tells while a video plays.
type report struct {
	// Position is where the learner is, Duration how long the whole video is, in seconds; 0 is not known.
	Position float64 `json:"position"`
	Duration float64 `json:"duration"`
	// Played are the stretches since the last report.
	Played []Span `json:"played"`
}

// progress remembers where the learner is and what was played. A browser could claim anything: completion is the learner's
// own record and no score.
func progress(c *sdk.Call, r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	var told report
	if err := json.Unmarshal(r.Body.Data, &told); err != nil || len(told.Played) > maxSpans ||
		!(told.Position >= 0 && told.Position <= maxSeconds) || !(told.Duration >= 0 && told.Duration <= maxSeconds) {
		return nil, sdk.Refuse("%s", c.T("bad_report"))
	}
	from, to := r.Public.Start, told.Duration
	if r.Public.End > 0 && (to == 0 || r.Public.End < to) {
		to = r.Public.End
	}
	before := part(join(r.Fields.Watched), from, to)
	r.Fields.Watched = join(append(slices.Clone(r.Fields.Watched), told.Played...))
	r.Fields.Position = tenth(told.Position)
	now := part(r.Fields.Watched, from, to)
	reply := sdk.JSON(struct {
		Watched  float64 `json:"watched"`
		Complete bool    `json:"complete"`
	}{now, now >= completeAt})
	if now >= completeAt && before < completeAt {
		reply.Complete(1)
	}
	return reply, nil
}

// liking is what the learner chose in the player; what is absent stays.
type liking struct {
	Speed    *float64 `json:"speed"`
	Language *string  `json:"language"`
	Captions *bool    `json:"captions"`
}

// The speeds that players offer.
const (
	slowest = 0.25
	fastest = 4
)

// prefer remembers what the learner likes, for all videos of the course.
func prefer(c *sdk.Call, r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	var told liking
	if err := json.Unmarshal(r.Body.Data, &told); err != nil {
		return nil, sdk.Refuse("%s", c.T("bad_report"))
	}
	if told.Speed != nil {
		if !(*told.Speed >= slowest && *told.Speed <= fastest) {
			return nil, sdk.Refuse("%s", c.T("bad_report"))
		}
		r.Fields.Speed = *told.Speed
	}
	if told.Language != nil {
		if !slices.ContainsFunc(r.Public.Tracks, func(t track) bool { return strings.EqualFold(t.Language, *told.Language) }) {
			return nil, sdk.Refuse("%s", c.T("no_transcript"))
		}
		r.Fields.Language = *told.Language
	}
	if told.Captions != nil {
		r.Fields.Captions = sdk.Opt[bool]{Value: *told.Captions, Set: true}
	}
	return sdk.OK(), nil
}
