package video

import (
	"errors"
	"testing"

	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// world is a host around the block, with what block.json asks for and nothing else.
func world(t *testing.T) *fakehost.World {
	t.Helper()
	permissions, _, err := fakehost.ReadPermissions(".")
	if err != nil {
		t.Fatal(err)
	}
	w, err := fakehost.Open(fakehost.Config{Serve: Block().Serve, Permissions: permissions})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestTranscriptsAreGiven: in each format, as captions, as lines and as text, to learners and visitors; only files that the
// author named as transcripts.
func TestTranscriptsAreGiven(t *testing.T) {
	w := world(t)
	w.CourseFile("a-en.srt", "text/plain", []byte("1\r\n00:00:01,000 --> 00:00:02,000\r\n<i>Look!</i> 1 < 2\r\n"))
	w.CourseFile("a-ar.vtt", "text/vtt", []byte("WEBVTT\n\n00:01.000 --> 00:02.000\nانظر\n"))
	w.CourseFile("subs_old.srt.sjson", "application/json", []byte(`{"start":[0],"end":[1500],"text":["Once"]}`))
	w.CourseFile("broken.srt", "text/plain", []byte("nothing to read"))
	w.CourseFile("secret.txt", "text/plain", []byte("00:00:01,000 --> 00:00:02,000\nsecret\n"))
	place := w.Place("video")
	err := w.Publish(place, wire.Fields{
		"html5_sources": []byte(`["/static/a.mp4"]`), "sub": []byte(`"old"`),
		"transcripts": []byte(`{"ar": "a-ar.vtt", "en-GB": "/static/a-en.srt", "fr": "missing.srt", "de": "broken.srt", "es": "../secret.txt"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		handler, language string
		kind, body        string
		code              wire.Code
	}{
		{handlerCaptions, "en-GB", "text/vtt; charset=utf-8", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nLook! 1 &lt; 2\n", ""},
		{handlerCaptions, "en", "text/vtt; charset=utf-8", "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nOnce\n", ""},
		{handlerLines, "ar", "application/json", `[{"start":1,"end":2,"text":"انظر"}]`, ""},
		{handlerTranscript, "en-GB", "text/plain; charset=utf-8", "Look! 1 < 2\n", ""},
		{handlerCaptions, "fr", "", "", wire.CodeNotFound},
		{handlerCaptions, "de", "", "", wire.CodeBadRequest},
		{handlerCaptions, "es", "", "", wire.CodeNotFound},
		{handlerCaptions, "", "", "", wire.CodeNotFound},
		{handlerTranscript, "secret.txt", "", "", wire.CodeNotFound},
	}
	for _, person := range []*fakehost.Person{w.Add(fakehost.Person{ID: "ann"}), w.Person("")} {
		for _, test := range tests {
			post := fakehost.Post{Handler: test.handler, HTTP: wire.HTTP{Method: "GET", Query: map[string][]string{"lang": {test.language}}}}
			if person.ID == "" {
				post.As = wire.RoleVisitor
			}
			got, err := w.Post(person, place, post)
			var failure *wire.Error
			if test.code != "" {
				if !errors.As(err, &failure) || failure.Code != test.code {
					t.Errorf("%s of %q for %q: %v", test.handler, test.language, person.ID, err)
				}
				continue
			}
			if err != nil || got.ContentType != test.kind || string(got.Body.Data) != test.body || len(got.Effects) > 0 {
				t.Errorf("%s of %q for %q: %+v, %v", test.handler, test.language, person.ID, got, err)
			}
		}
	}
}

// TestAServiceThatFailsIsNoMissingFile: a learner is then told to try again, not that there is no transcript.
func TestAServiceThatFailsIsNoMissingFile(t *testing.T) {
	w := world(t)
	w.CourseFile("a.srt", "text/plain", []byte("00:00:01,000 --> 00:00:02,000\nLook!\n"))
	place := w.Place("video")
	if err := w.Publish(place, wire.Fields{"transcripts": []byte(`{"en": "a.srt"}`)}); err != nil {
		t.Fatal(err)
	}
	w.Break(fakehost.Fault{Kind: fakehost.FaultUnavailable, Service: wire.ServiceFiles})
	post := fakehost.Post{Handler: handlerCaptions, HTTP: wire.HTTP{Method: "GET", Query: map[string][]string{"lang": {"en"}}}}
	if _, err := w.Post(w.Add(fakehost.Person{ID: "ann"}), place, post); !errors.Is(err, &wire.Error{Code: wire.CodeUnavailable}) {
		t.Error(err)
	}
	if _, err := w.Post(w.Person("ann"), place, post); err != nil {
		t.Error(err)
	}
}
