package video

import (
	"encoding/json"
	"fmt"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Samples implements sdk.Sampler.
func (block) Samples(*sdk.Call) ([]wire.Sample, error) {
	var samples []wire.Sample
	for _, s := range []struct {
		name, title string
		fields      map[string]any
	}{
		{"files", "Video files with transcripts in two languages", map[string]any{
			"display_name": "A falling stone", "html5_sources": []string{"/static/stone.webm", "https://videos.example.org/stone.mp4"},
			"transcripts": map[string]string{"en": "stone-en.srt", "ar": "stone-ar.vtt"}, "start_time": 5, "end_time": 95,
			"download_video": true, "handout": "/static/stone.pdf", "thumbnail": "/static/stone.jpg",
		}},
		{"youtube", "A video on YouTube, with a transcript", map[string]any{
			"display_name": "Newton's cradle", "youtube_id_1_0": "AbCdEfGhIj0", "transcripts": map[string]string{"en": "cradle.srt"},
		}},
		{"pipeline", "A video of Open edX's pipeline", map[string]any{
			"display_name": "From the pipeline", "edx_video_id": "0f0e0d0c", "olx_children": `<video_asset client_video_id="a.mp4" duration="61.5">` +
				`<encoded_video profile="desktop_mp4" url="https://videos.example.org/a.mp4" file_size="1" bitrate="1"/>` +
				`<transcripts><transcript language_code="fr" file_format="sjson" provider="Custom"/></transcripts></video_asset>`,
		}},
		{"empty", "Nothing chosen yet", map[string]any{}},
	} {
		fields := wire.Fields{}
		for name, value := range s.fields {
			data, err := json.Marshal(value)
			if err != nil {
				return nil, fmt.Errorf("encoding sample %s: %w", s.name, err)
			}
			fields[name] = data
		}
		samples = append(samples, wire.Sample{Name: s.name, Title: s.title, Fields: fields})
	}
	return samples, nil
}
